import { connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ApiEvent } from '#api/contract'
import { eventually } from './eventually.ts'
import { streamEvents } from '#api/client'
import { EventQueue } from '../../src/api/http/event-queue.ts'
import { socketTransport } from '../../src/cli/socket-transport.ts'
import { folderStatus } from './memory-backend.ts'
import { startServer, type RunningServer } from './running-server.ts'

const gone = (id: string): ApiEvent => ({ event: 'folder-gone', data: { id } })

describe('the queue of one listener', () => {
  it('hands over what waits, once, in order', () => {
    const queue = new EventQueue(3)
    queue.push(gone('a'))
    queue.push(gone('b'))
    expect(queue.take()).toBe('event: folder-gone\ndata: {"id":"a"}\n\nevent: folder-gone\ndata: {"id":"b"}\n\n')
    expect(queue.take()).toBe('')
  })

  it('says that events were passed over rather than grow', () => {
    const queue = new EventQueue(2)
    for (const id of ['a', 'b', 'c', 'd']) queue.push(gone(id))
    expect(queue.take()).toBe('event: resync\ndata: {}\n\nevent: folder-gone\ndata: {"id":"d"}\n\n')
  })
})

describe('the event stream', () => {
  let running: RunningServer
  beforeAll(async () => {
    running = await startServer()
  })
  afterAll(() => running.close())

  const opened = async (signal: AbortSignal): Promise<AsyncGenerator<ApiEvent>> => {
    const before = running.backend.listeners.size
    const stream = streamEvents(socketTransport(running.socket), signal)
    const first = stream.next()
    await eventually(() => running.backend.listeners.size).toBe(before + 1)
    return (async function* () {
      const { value, done } = await first
      if (done !== true) yield value
      yield* stream
    })()
  }

  it('brings what is announced, and unsubscribes when the listener goes', async () => {
    const controller = new AbortController()
    const stream = await opened(controller.signal)
    const folder: ApiEvent = { event: 'folder', data: folderStatus('line\nbreak', 'a'.repeat(26)) }
    running.backend.announce(folder)
    running.backend.announce(gone('x'))
    expect((await stream.next()).value).toEqual(folder)
    expect((await stream.next()).value).toEqual(gone('x'))
    controller.abort()
    expect((await stream.next()).done).toBe(true)
    await eventually(() => running.backend.listeners.size).toBe(0)
  })

  it('drops events for one who does not read, and tells that one to ask again', async () => {
    const connection = connect(running.socket)
    connection.pause()
    connection.write('GET /api/v1/events HTTP/1.1\r\nhost: x\r\n\r\n')
    await eventually(() => running.backend.listeners.size).toBe(1)
    const payload = 'x'.repeat(10_000)
    for (let round = 0; round < 40; round++) {
      for (let i = 0; i < 100; i++) running.backend.announce(gone(payload))
      await new Promise((resolve) => setImmediate(resolve))
    }
    let received = ''
    connection.on('data', (data) => (received += data.toString()))
    connection.resume()
    await eventually(() => received.includes('event: resync')).toBe(true)
    expect(received.length).toBeLessThan(40 * 100 * payload.length)
    connection.destroy()
    await eventually(() => running.backend.listeners.size).toBe(0)
  })

  it('ends when the daemon stops', async () => {
    const own = await startServer()
    const stream = streamEvents(socketTransport(own.socket), new AbortController().signal)
    const ended = stream.next().catch((error: unknown) => error)
    await eventually(() => own.backend.listeners.size).toBe(1)
    await own.close()
    expect(await ended).toMatchObject({ code: 'offline' })
    expect(own.backend.listeners.size).toBe(0)
  })

  it('is limited in number', async () => {
    const controller = new AbortController()
    for (let i = 0; i < 64; i++) void streamEvents(socketTransport(running.socket), controller.signal).next()
    await eventually(() => running.backend.listeners.size).toBe(64)
    await expect(streamEvents(socketTransport(running.socket), controller.signal).next()).rejects.toMatchObject({ code: 'full' })
    controller.abort()
    await eventually(() => running.backend.listeners.size).toBe(0)
  })
})
