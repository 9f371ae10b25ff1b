import { request } from 'node:http'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { HoldfastError } from '#base'
import { getContent, putContent } from '#api/client'
import { parseRange } from '../../src/api/http/byte-range.ts'
import { socketTransport } from '../../src/cli/socket-transport.ts'
import { eventually } from './eventually.ts'
import { ask, startServer, type RunningServer } from './running-server.ts'

const TEXT = 'some text of a file'
const A = { folder: 'photos', path: 'a' }
const ETAG = `"${'ab'.repeat(16)}"`

let running: RunningServer
beforeAll(async () => {
  running = await startServer()
  running.backend.files.set('a', TEXT)
})
afterAll(() => running.close())

const get = (headers: Record<string, string> = {}, path = '/content?folder=photos&path=a', method = 'GET') =>
  ask({ socket: running.socket, path: `/api/v1${path}` }, method, headers)

describe('content', () => {
  it('comes whole, with what it is', async () => {
    const { status, text, headers } = await get()
    expect([status, text]).toEqual([200, TEXT])
    expect(headers).toMatchObject({
      etag: ETAG,
      'accept-ranges': 'bytes',
      'content-length': String(TEXT.length),
      'content-type': 'application/octet-stream',
      'last-modified': 'Tue, 14 Nov 2023 22:13:20 GMT',
      'x-holdfast-kind': 'file',
      'x-holdfast-mode': '640',
      'x-holdfast-mtime': '1700000000123456',
    })
  })

  it('is told of without being sent', async () => {
    const { status, text, headers } = await get({}, undefined, 'HEAD')
    expect([status, text, headers['content-length']]).toEqual([200, '', String(TEXT.length)])
  })

  it.each([
    ['bytes=0-3', 'some', 'bytes 0-3/19'],
    ['bytes=5-', TEXT.slice(5), 'bytes 5-18/19'],
    ['bytes=-4', 'file', 'bytes 15-18/19'],
    ['bytes=10-100', TEXT.slice(10), 'bytes 10-18/19'],
  ])('comes in part for %s', async (range, part, told) => {
    const { status, text, headers } = await get({ range })
    expect([status, text, headers['content-range'], headers['content-length']]).toEqual([206, part, told, String(part.length)])
  })

  it('comes whole where the range is of another version', async () => {
    expect((await get({ range: 'bytes=0-3', 'if-range': '"other"' })).status).toBe(200)
    expect((await get({ range: 'bytes=0-3', 'if-range': ETAG })).status).toBe(206)
  })

  it('does not come where the range is not in it, or the version is known', async () => {
    const beyond = await get({ range: 'bytes=19-' })
    expect([beyond.status, beyond.headers['content-range']]).toEqual([416, 'bytes */19'])
    expect(JSON.parse(beyond.text)).toMatchObject({ error: { code: 'usage' } })
    expect(await get({ 'if-none-match': `"x", ${ETAG}` })).toMatchObject({ status: 304, text: '' })
  })

  it('that is not there is an error like any other', async () => {
    expect(JSON.parse((await get({}, '/content?folder=photos&path=b')).text)).toMatchObject({ error: { code: 'not-found' } })
    expect((await get({}, '/content?folder=photos')).status).toBe(400)
    expect((await get({}, '/content?folder=photos&path=a&at=soon')).status).toBe(400)
  })

  it('that breaks off is not taken for whole', async () => {
    running.backend.fault = new HoldfastError('offline', 'nobody has the rest')
    const reading = getContent(socketTransport(running.socket), { folder: 'photos', path: 'a' })
    await expect(reading.then(({ body }) => Array.fromAsync(body))).rejects.toThrow()
    running.backend.fault = null
    expect(Buffer.concat(await Array.fromAsync((await getContent(socketTransport(running.socket), A)).body)).toString()).toBe(
      TEXT,
    )
  })
})

describe('what is put', () => {
  const put = (path: string, body: ReadableStream<Uint8Array> | string) =>
    putContent(socketTransport(running.socket), { folder: 'photos', path, mode: 0o600 }, body)

  it('arrives as it was sent', async () => {
    const pieces = ReadableStream.from([Buffer.from('one '), Buffer.from('two')])
    expect(await put('new', pieces)).toEqual({ path: 'new', version: 'ab'.repeat(16), bytes: 7 })
    expect(running.backend.files.get('new')).toBe('one two')
    expect(await put('empty', '')).toMatchObject({ bytes: 0 })
  })

  it('that is refused is an error like any other, however much of it is to come', async () => {
    await expect(put('refused', 'x')).rejects.toMatchObject({ code: 'denied', hint: 'choose another path' })
  })

  it('fails as its source does, and is not put', async () => {
    const broken = ReadableStream.from(
      (async function* () {
        yield Buffer.from('half')
        throw new Error('the disk broke')
      })(),
    )
    await expect(put('half', broken)).rejects.toThrow('the disk broke')
    expect(running.backend.files.has('half')).toBe(false)
  })

  it('is known not to be put where the other end goes away', async () => {
    const socket = join(running.home, 'ends.sock')
    const ending = createServer((connection) => void connection.once('data', () => setTimeout(() => connection.destroy(), 20)))
    await new Promise<void>((resolve) => ending.listen(socket, resolve))
    let isOver = false
    const endless = ReadableStream.from(
      (async function* () {
        for (; !isOver; await new Promise((resolve) => setTimeout(resolve, 2))) yield Buffer.alloc(10_000)
      })(),
    )
    const sending = putContent(socketTransport(socket), { folder: 'photos', path: 'x' }, endless)
    await expect(sending).rejects.toMatchObject({ code: 'offline' })
    isOver = true
    ending.close()
  })

  it('is not put where its sender goes away', async () => {
    const sending = request({ socketPath: running.socket, path: '/api/v1/content?folder=photos&path=gone', method: 'PUT' })
    sending.on('error', () => undefined)
    sending.write('half')
    await eventually(() => running.backend.puts).toContain('gone')
    sending.destroy()
    await eventually(() => running.backend.failedPuts).toContain('gone')
    expect(running.backend.files.has('gone')).toBe(false)
  })

  it.each([
    ['is cut off without an error', 'ha'],
    ['goes on', 'half and more'],
  ])('is not put where it is to be of so many bytes, and %s', async (_, body) => {
    running.backend.files.set('sized', 'as it was')
    const target = { folder: 'photos', path: 'sized', size: 4 }
    const sent = ReadableStream.from([Buffer.from(body)])
    await expect(putContent(socketTransport(running.socket), target, sent)).rejects.toMatchObject({
      told: { reason: 'not-whole' },
    })
    expect(running.backend.files.get('sized')).toBe('as it was')
    await putContent(socketTransport(running.socket), target, ReadableStream.from([Buffer.from('half')]))
    expect(running.backend.files.get('sized')).toBe('half')
  })

  it('has words for a mode or a time that is none', async () => {
    const bad = await get({}, '/content?folder=photos&path=x&mode=9999', 'PUT')
    expect([bad.status, JSON.parse(bad.text)]).toMatchObject([
      400,
      { error: { code: 'usage', message: expect.stringContaining('mode') } },
    ])
  })
})

describe('a range of bytes', () => {
  it.each([
    [undefined, 10, null],
    ['bytes=0-0', 10, { start: 0, end: 1 }],
    ['bytes = 2 - 5', 10, { start: 2, end: 6 }],
    ['bytes=-100', 10, { start: 0, end: 10 }],
    ['bytes=-0', 10, 'unsatisfiable'],
    ['bytes=-5', 0, 'unsatisfiable'],
    ['bytes=0-', 0, 'unsatisfiable'],
    ['bytes=10-', 10, 'unsatisfiable'],
    ['bytes=5-2', 10, null],
    ['bytes=0-1,3-4', 10, null],
    ['lines=0-1', 10, null],
    ['bytes=-', 10, null],
  ])('%s of %i bytes', (header, size, range) => {
    expect(parseRange(header, size)).toEqual(range)
  })
})
