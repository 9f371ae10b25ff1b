import { expect, it } from 'vitest'
import { Limiter, silentLogger } from '#base'
import { decodeFrame, type Shelf } from '#exchange'
import type { DeviceId } from '#model'
import type { Link } from '#peers'
import { BlockServer } from '../../src/exchange/block-server.ts'
import { PARALLEL } from '../../src/exchange/server.ts'
import { folder } from './block-devices.ts'

const MIB = 1024 * 1024

it('blocks that come faster than they are stored are not read any more, and their memory is given back when they are', async () => {
  let open = (): void => undefined
  const gate = new Promise<void>((resolve) => (open = resolve))
  const answered: number[] = []
  const link = {
    device: 'flood' as DeviceId,
    closed: new AbortController().signal,
    async send(...pieces: Uint8Array[]) {
      const frame = decodeFrame(new Uint8Array(Buffer.concat(pieces)))
      if ('held' in frame) answered.push(frame.held.number)
    },
  } as unknown as Link
  const shelf = { hold: () => gate.then(() => ['stored']) } as unknown as Shelf
  const server = new BlockServer({ shelf, logger: silentLogger }, link, new Limiter(PARALLEL))
  const messages: Uint8Array[] = []
  // As a link does: the next message is read when the one before has been taken.
  const flood = (async () => {
    for (let number = 0; number < 40; number++) {
      const message = new Uint8Array(MIB)
      messages.push(message)
      await server.hold({ number, folder, blocks: [] }, message)
    }
  })()
  await new Promise((resolve) => setTimeout(resolve, 50))
  expect(messages.length).toBe(17)
  open()
  await flood
  await expect.poll(() => answered.length).toBe(40)
  expect(messages.every(({ length }) => length === 0)).toBe(true)
})
