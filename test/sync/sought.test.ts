import { expect, it } from 'vitest'
import { silentLogger, systemClock } from '#base'
import type { ChunkId } from '#model'
import { SyncEngine } from '#sync'
import { FOLDER } from '../db/fixtures.ts'

it('is told of each chunk that no connected device has, so that others may be looked for', async () => {
  const sought: unknown[] = []
  const engine = new SyncEngine({
    lacks: () => false,
    clock: systemClock,
    logger: silentLogger,
    mayRead: () => true,
    misbehaved: () => undefined,
    sought: (...of) => sought.push(of),
  })
  const chunk = '0'.repeat(64) as ChunkId
  const fetched = engine.exchange.fetch(FOLDER, chunk, 10, new AbortController().signal)
  await expect(fetched).rejects.toMatchObject({ code: 'not-found' })
  expect(sought).toEqual([[FOLDER, chunk]])
})
