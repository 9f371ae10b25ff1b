import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { hostPage } from '#api/page'
import { SECURE_HEADERS } from '../../src/api/http/page-files.ts'
import { folderStatus } from '../api/memory-backend.ts'
import { startServer, type RunningServer } from '../api/running-server.ts'
import { until } from './until.ts'

const ORIGIN = 'app://holdfast'
const CONTENT = '/api/v1/content?folder=photos&path=a'
const TEXT = 'some text of a file'

let running: RunningServer
let directory: string
let socket: string | null
let fetchPage: ReturnType<typeof hostPage>

beforeAll(async () => {
  running = await startServer()
  running.backend.files.set('a', TEXT)
  directory = mkdtempSync(join(tmpdir(), 'holdfast-shell-'))
  mkdirSync(join(directory, 'ui'))
  writeFileSync(join(directory, 'ui/index.html'), '<!doctype html>the page')
  writeFileSync(join(directory, 'ui/main.js'), 'export {}')
  writeFileSync(join(directory, 'secret.txt'), 'secret')
  socket = running.socket
  fetchPage = hostPage({ directory: join(directory, 'ui'), origin: ORIGIN, socket: () => socket })
})
afterAll(async () => {
  await running.close()
  rmSync(directory, { recursive: true })
})

const ask = (path: string, init: RequestInit & { duplex?: 'half' } = {}): Promise<Response> =>
  fetchPage(new Request(`${ORIGIN}${path}`, init))
const change = (body: unknown, more: RequestInit = {}): RequestInit => ({
  method: 'POST',
  headers: { 'content-type': 'application/json', 'x-holdfast': '1' },
  body: JSON.stringify(body),
  ...more,
})

describe('the page at app://holdfast', () => {
  it.each(['/', '/files?folder=a', '/tray', '/no-such-screen'])(
    'is the page at %s, with the headers that browsers get',
    async (path) => {
      const answer = await ask(path)
      expect([answer.status, await answer.text()]).toEqual([200, '<!doctype html>the page'])
      expect(Object.fromEntries(answer.headers)).toMatchObject({ ...SECURE_HEADERS, 'content-type': 'text/html; charset=utf-8' })
    },
  )

  it('has its scripts, and nothing beside them', async () => {
    const script = await ask('/main.js')
    expect([script.status, script.headers.get('content-type')]).toEqual([200, 'text/javascript; charset=utf-8'])
    const etag = script.headers.get('etag') ?? ''
    expect((await ask('/main.js', { headers: { 'if-none-match': etag } })).status).toBe(304)
    for (const path of [
      '/../secret.txt',
      '/%2e%2e/secret.txt',
      '/..%2fsecret.txt',
      '/..%5csecret.txt',
      '/x%00.js',
      '/gone.js',
      '/%',
    ])
      expect(await (await ask(path)).text(), path).not.toContain('secret')
  })
})

describe('what it asks of the API', () => {
  it('is answered by the daemon, without a cookie, with the headers of the page', async () => {
    const answer = await ask('/api/v1/devices')
    expect([answer.status, await answer.json()]).toEqual([200, running.backend.deviceList])
    expect(Object.fromEntries(answer.headers)).toMatchObject({ ...SECURE_HEADERS, 'content-type': 'application/json' })
  })

  it('may change things, and a refusal comes as it is', async () => {
    const paused = await ask('/api/v1/folders/photos/pause', change({}))
    expect([paused.status, await paused.json()]).toEqual([200, { id: 'a'.repeat(26) }])
    const missing = await ask('/api/v1/folders/gone/pause', change({}))
    expect([missing.status, await missing.json()]).toMatchObject([404, { error: { code: 'not-found' } }])
  })

  it.each<[string, string, RequestInit]>([
    ['a form', '/api/v1/folders/photos/pause', { method: 'POST', body: '{}' }],
    ['another origin', '/api/v1/status', { headers: { origin: 'https://example.com' } }],
    ['an opaque origin', '/api/v1/folders/photos/pause', change({}, { headers: { origin: 'null', 'x-holdfast': '1' } })],
    ['another site', '/api/v1/status', { headers: { 'sec-fetch-site': 'cross-site' } }],
  ])('is refused to %s', async (_, path, init) => {
    running.backend.calls.length = 0
    const answer = await ask(path, init)
    expect([answer.status, await answer.json()]).toMatchObject([403, { error: { code: 'denied' } }])
    expect(running.backend.calls).toEqual([])
  })

  it('comes in ranges', async () => {
    const answer = await ask(CONTENT, { headers: { range: 'bytes=5-8' } })
    expect([answer.status, await answer.text(), answer.headers.get('content-range')]).toEqual([206, 'text', 'bytes 5-8/19'])
    const head = await ask(CONTENT, { method: 'HEAD' })
    expect([head.status, head.body, head.headers.get('content-length')]).toEqual([200, null, '19'])
  })

  it('goes up in a stream', async () => {
    const parts = ['one ', 'two ', 'three']
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        const part = parts.shift()
        if (part === undefined) controller.close()
        else controller.enqueue(Buffer.from(part))
      },
    })
    const headers = { 'x-holdfast': '1', 'content-type': 'application/octet-stream' }
    const answer = await ask('/api/v1/content?folder=photos&path=new', { method: 'PUT', headers, body, duplex: 'half' })
    expect(await answer.json()).toMatchObject({ path: 'new', bytes: 13 })
    expect(running.backend.files.get('new')).toBe('one two three')
  })

  it('is put nowhere where the upload ends before all of it has come', async () => {
    const headers = { 'x-holdfast': '1' }
    const answer = await ask('/api/v1/content?folder=photos&path=a&size=9', { method: 'PUT', headers, body: 'begun' })
    expect([answer.status, await answer.json()]).toMatchObject([400, { error: { reason: 'not-whole', values: { path: 'a' } } }])
    expect(running.backend.files.get('a')).toBe(TEXT)
  })

  it('is put nowhere where the upload breaks off', async () => {
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        controller.enqueue(Buffer.from('begun'))
        setTimeout(() => controller.error(new Error('the page went away')), 50)
      },
    })
    const headers = { 'x-holdfast': '1' }
    const answer = await ask('/api/v1/content?folder=photos&path=half', { method: 'PUT', headers, body, duplex: 'half' })
    expect(answer.status).toBe(503)
    await until(() => expect(running.backend.failedPuts).toContain('half'))
    expect(running.backend.files.has('half')).toBe(false)
  })
})

describe('its events', () => {
  it('come as they happen, and end at the daemon when the page cancels them', async () => {
    const before = running.backend.listeners.size
    const answer = await ask('/api/v1/events')
    expect(answer.headers.get('content-type')).toBe('text/event-stream')
    const reader = answer.body!.pipeThrough(new TextDecoderStream()).getReader()
    expect((await reader.read()).value).toBe('retry: 1000\n\n')
    running.backend.announce({ event: 'folder', data: folderStatus('docs', 'd'.repeat(26)) })
    expect((await reader.read()).value).toContain('event: folder\ndata: {"id":"dddd')
    expect(running.backend.listeners.size).toBe(before + 1)
    await reader.cancel()
    await until(() => expect(running.backend.listeners.size).toBe(before))
  })
})

describe('a daemon that breaks', () => {
  const at = (name: string): string => join(directory, name)
  /** Answers with these bytes, and then does as `then` says. */
  const broken = (name: string, bytes: string, then: 'end' | 'reset'): Promise<Server> =>
    new Promise((resolve) => {
      const server = createServer((connection) => {
        connection.once('data', () =>
          connection.write(bytes, () => setTimeout(() => (then === 'end' ? connection.end() : connection.destroy()), 20)),
        )
        connection.on('error', () => undefined)
      }).listen(at(name), () => resolve(server))
    })

  it.each([
    ['in the middle of a length', 'HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf', 'end'],
    ['in the middle of a chunk', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n64\r\nhalf', 'reset'],
    [
      'after an event',
      'HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n4\r\n:\n\n\n\r\n',
      'reset',
    ],
  ] as const)('%s fails the body, once, and whoever cancelled it hears nothing', async (name, bytes, then) => {
    const server = await broken(name, bytes, then)
    socket = at(name)
    const answer = await ask('/api/v1/status')
    await expect(answer.text()).rejects.toThrow()
    const cancelled = await ask('/api/v1/status')
    await cancelled.body!.cancel()
    await new Promise((resolve) => setTimeout(resolve, 50))
    server.close()
    socket = running.socket
  })

  it.each([
    ['before it answers', 'HTTP/1.1 '],
    ['with what is no HTTP', 'rubbish\r\n\r\n'],
  ])('%s is told as one that does not answer', async (name, bytes) => {
    const server = await broken(name, bytes, 'end')
    socket = at(name)
    const answer = await ask('/api/v1/status')
    expect([answer.status, await answer.json()]).toMatchObject([503, { error: { code: 'no-daemon' } }])
    server.close()
    socket = running.socket
  })

  it.each([
    ['where there is none', null],
    ['where nobody listens', '/nowhere/daemon.sock'],
  ])('%s, too', async (_, path) => {
    socket = path
    const answer = await ask('/api/v1/status')
    expect([answer.status, await answer.json()]).toMatchObject([503, { error: { code: 'no-daemon' } }])
    socket = running.socket
  })
})
