import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { createServer as createNetServer, type AddressInfo, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { DaemonFile } from '#api/contract'
import { ask, letIn, startServer } from './running-server.ts'

let directory: string
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'holdfast-listeners-'))
})
afterAll(() => rm(directory, { recursive: true, force: true }))

const daemonFile = async (home: string): Promise<DaemonFile> =>
  DaemonFile.parse(JSON.parse(await readFile(join(home, 'daemon.json'), 'utf8')))

describe('where a daemon listens', () => {
  it('is written into its home while it runs, for this user alone', async () => {
    const running = await startServer()
    const file = await daemonFile(running.home)
    expect(file).toEqual({ pid: process.pid, socket: running.socket, http: running.server.url })
    expect((await stat(running.socket)).mode & 0o777).toBe(0o600)
    expect((await stat(join(running.home, 'daemon.json'))).mode & 0o777).toBe(0o600)
    expect((await stat(join(running.home, 'session.key'))).mode & 0o777).toBe(0o600)
    await running.server.stop()
    await expect(stat(join(running.home, 'daemon.json'))).rejects.toThrow('ENOENT')
    await expect(stat(running.socket)).rejects.toThrow('ENOENT')
    await running.close()
  })

  it('is a short path elsewhere when the home is too long for a socket', async () => {
    const home = join(directory, 'long'.repeat(40))
    await mkdir(home)
    const running = await startServer({ home })
    const { socket } = await daemonFile(home)
    expect(Buffer.byteLength(socket)).toBeLessThan(100)
    expect((await stat(dirname(socket))).mode & 0o777).toBe(0o700)
    expect((await ask({ socket, path: '/healthz' })).status).toBe(200)
    await running.server.stop()
    await expect(stat(dirname(socket))).rejects.toThrow('ENOENT')
  })

  it('is taken over from a daemon that crashed, not from one that runs', async () => {
    const home = join(directory, 'home')
    await mkdir(home)
    await writeFile(join(home, 'daemon.sock'), '')
    const first = await startServer({ home })
    await expect(startServer({ home })).rejects.toMatchObject({ code: 'exists' })
    expect((await ask({ socket: join(home, 'daemon.sock'), path: '/healthz' })).status).toBe(200)
    expect((await daemonFile(home)).http).toBe(first.server.url)
    await first.server.stop()
  })

  it('keeps a browser let in over a restart', async () => {
    const home = join(directory, 'restart')
    await mkdir(home)
    const first = await startServer({ home })
    const cookie = await letIn(first.server)
    await first.server.stop()
    const second = await startServer({ home })
    expect((await ask(`${second.server.url}/api/v1/status`, 'GET', { cookie })).status).toBe(200)
    await second.server.stop()
    await rm(join(home, 'session.key'))
    const third = await startServer({ home })
    expect((await ask(`${third.server.url}/api/v1/status`, 'GET', { cookie })).status).toBe(401)
    await third.server.stop()
  })
})

describe('the address for browsers', () => {
  it.each(['0.0.0.0', '::', '192.0.2.1', 'example.org', '128.0.0.1'])('is never %s without a password', async (host) => {
    await expect(startServer({ http: { host, port: 0, fallback: true } })).rejects.toMatchObject({ code: 'denied' })
  })

  it('moves to a free port only when nobody asked for this one', async () => {
    const taken = createNetServer()
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve))
    const { port } = taken.address() as { port: number }
    await expect(startServer({ http: { host: '127.0.0.1', port, fallback: false } })).rejects.toMatchObject({ code: 'exists' })
    const moved = await startServer({ http: { host: '127.0.0.1', port, fallback: true } })
    expect(moved.server.url).not.toContain(`:${port}`)
    expect((await ask(`${moved.server.url}/healthz`)).status).toBe(200)
    await moved.close()
    taken.close()
  })

  it('stays at the port that stood in for a taken one, and moves on only when that is taken too', async () => {
    const occupy = async (at: number): Promise<Server> => {
      const server = createNetServer()
      await new Promise<void>((resolve) => server.listen(at, '127.0.0.1', resolve))
      return server
    }
    const taken = await occupy(0)
    const { port } = taken.address() as AddressInfo
    const http = { host: '127.0.0.1', port, fallback: true }
    const first = await startServer({ http })
    const { home } = first
    await first.server.stop()
    const again = await startServer({ home, http })
    expect(again.server.url).toBe(first.server.url)
    await again.server.stop()
    // Also when the other program has ended: whoever made a bookmark finds the page.
    taken.close()
    const third = await startServer({ home, http })
    expect(third.server.url).toBe(first.server.url)
    await third.server.stop()
    // Nor is it forgotten over a start that asked for one port alone.
    const alone = await startServer({ home, http: { ...http, fallback: false } })
    expect(alone.server.url).toBe(`http://127.0.0.1:${port}`)
    await alone.server.stop()
    const back = await startServer({ home, http })
    expect(back.server.url).toBe(first.server.url)
    await back.server.stop()

    const other = await occupy(Number(new URL(first.server.url).port))
    const moved = await startServer({ home, http })
    expect(moved.server.url).toBe(`http://127.0.0.1:${port}`)
    await moved.server.stop()
    other.close()
    const stayed = await startServer({ home, http })
    expect(stayed.server.url).toBe(moved.server.url)
    await stayed.close()
  })

  it('keeps any port it was given, but none against another wish', async () => {
    const first = await startServer()
    const { home } = first
    await first.server.stop()
    const again = await startServer({ home })
    expect(again.server.url).toBe(first.server.url)
    await again.server.stop()
    // A file that is torn, or names a port that cannot be had, is no reason not to start.
    for (const text of ['{"wanted":0,"port":', '{"wanted":0,"port":99999}']) {
      await writeFile(join(home, 'port.json'), text)
      const anew = await startServer({ home })
      expect((await ask(`${anew.server.url}/healthz`)).status).toBe(200)
      await anew.server.stop()
    }
    const free = createNetServer()
    await new Promise<void>((resolve) => free.listen(0, '127.0.0.1', resolve))
    const { port } = free.address() as AddressInfo
    await new Promise((resolve) => free.close(resolve))
    const wished = await startServer({ home, http: { host: '127.0.0.1', port, fallback: false } })
    expect(wished.server.url).toBe(`http://127.0.0.1:${port}`)
    await wished.close()
  })

  it('may be IPv6', async () => {
    const running = await startServer({ http: { host: '::1', port: 0, fallback: false } }).catch(() => undefined)
    if (running === undefined) return // no IPv6 on this machine
    expect(running.server.url).toMatch(/^http:\/\/\[::1\]:\d+$/)
    await running.close()
  })
})
