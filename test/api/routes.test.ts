import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { eventually } from './eventually.ts'
import { operations, type Operation, type OperationName } from '#api/contract'
import { createClient } from '#api/client'
import { socketTransport } from '../../src/cli/socket-transport.ts'
import { STRANGER } from './memory-backend.ts'
import { ask, startServer, type RunningServer } from './running-server.ts'

let running: RunningServer
let get: (path: string) => ReturnType<typeof ask>

beforeAll(async () => {
  running = await startServer()
  get = (path) => ask({ socket: running.socket, path })
})
afterAll(() => running.close())

/** An input for every operation: a new operation fails here until it has one. */
const inputs: { [Name in OperationName]: Record<string, unknown> } = {
  status: {},
  health: {},
  transfers: {},
  devices: {},
  removeDevice: { device: 'kitchen' },
  createInvite: {},
  joinGroup: { code: 'hf1-abc' },
  leaveGroup: {},
  nearby: {},
  openPairing: {},
  pairings: {},
  pair: { device: STRANGER.slice(-8) },
  acceptPairing: { device: 'phone', digits: '314159' },
  refusePairing: { device: 'phone' },
  pairingOutcome: { device: 'phone' },
  folders: {},
  createFolder: { path: '/home/me/new folder' },
  shareFolder: { folder: 'photos', device: 'all' },
  folderRoles: { folder: 'photos' },
  joinFolder: { folder: 'music', path: '/home/me/music' },
  pauseFolder: { folder: 'photos', forSeconds: 60 },
  resumeFolder: { folder: 'photos' },
  approveFolder: { folder: 'photos' },
  rejectFolder: { folder: 'photos' },
  unblockFolder: { folder: 'photos' },
  revertFolder: { folder: 'photos' },
  problems: { folder: 'photos' },
  archive: { folder: 'photos' },
  versions: { folder: 'photos', path: 'img.jpg' },
  timeline: { folder: 'photos' },
  density: { folder: 'photos', parts: 10 },
  restoreMoment: { folder: 'photos', at: '2030-01-01T00:00:00.000Z', dryRun: true },
  search: { query: 'img' },
  entryDetails: { folder: 'photos', path: 'img.jpg' },
  ignoreRules: { folder: 'photos' },
  setIgnoreRules: { folder: 'photos', text: '*.log' },
  previewIgnore: { folder: 'photos', text: '*.log' },
  directory: {},
  metricHistory: { span: '24h' },
  space: {},
  upkeep: {},
  tree: { folder: 'photos' },
  removeEntries: { folder: 'photos', path: 'img.jpg' },
  restore: { folder: 'photos', path: 'img.jpg', version: 'abcd' },
  pin: { folder: 'photos', path: 'img.jpg', version: 'abcd' },
  unpin: { folder: 'photos', path: 'img.jpg', version: 'abcd' },
  retention: { folder: 'photos' },
  setRetention: { folder: 'photos', policy: { 'keep-last': '3' } },
  createSnapshot: { folder: 'photos' },
  snapshots: { folder: 'photos' },
  restoreSnapshot: { folder: 'photos', name: 'before' },
  deleteSnapshot: { folder: 'photos', name: 'before' },
  restoreArchived: { folder: 'photos', name: '1-img.jpg' },
  wait: {},
  obstacles: { for: 'protected' },
  scan: { folder: 'photos' },
  gc: { dryRun: true },
  list: { folder: 'photos', recursive: true },
  conflicts: {},
  resolveConflict: { folder: 'photos', path: 'a/b c.txt', keep: 'both' },
  activity: { limit: 2 },
  config: {},
  configGet: { key: 'log_level' },
  configSet: { key: 'log_level', value: 'debug' },
  scrub: { samplePercent: 10 },
  rebalance: {},
  repair: {},
  exportRecovery: { words: true },
  restoreRecovery: { words: 'legal winner' },
  supportBundle: { file: '/tmp/bundle.zip' },
  leaveFolder: { folder: 'new folder' },
}

describe('every operation', () => {
  it.each(Object.entries(inputs))('%s is answered in its own shape', async (name, input) => {
    const client = createClient(socketTransport(running.socket)) as unknown as Record<
      string,
      (input: unknown) => Promise<unknown>
    >
    const operation = operations[name as OperationName] as unknown as Operation
    const result = await client[name]?.(input)
    expect(operation.result.safeParse(result).error).toBeUndefined()
  })
})

describe('what a caller may leave out, or get wrong', () => {
  const post = (path: string, body: string, type = 'application/json') =>
    ask({ socket: running.socket, path: `/api/v1${path}` }, 'POST', { 'content-type': type }, body)

  it('fills in the defaults', async () => {
    await post('/invites', '')
    expect(running.backend.calls.at(-1)).toEqual({ name: 'createInvite', input: { role: 'member', expiresSeconds: 900 } })
  })

  it('reads numbers and yes or no out of a query', async () => {
    await get('/api/v1/entries?folder=photos&recursive=true&deleted=false')
    expect(running.backend.calls.at(-1)?.input).toMatchObject({ recursive: true, deleted: false, path: '' })
    expect(JSON.parse((await get('/api/v1/activity?limit=1&before=3')).text)).toMatchObject([{ number: 2 }])
  })

  it.each([
    ['a missing field', '/scan', '{"folder":7}', 'folder'],
    ['an unknown field', '/scan', '{"fodler":"x"}', 'fodler'],
    ['no JSON', '/scan', '{', 'not JSON'],
    ['a JSON that is no object', '/scan', '[1]', 'object'],
    ['a number out of range', '/invites', '{"expiresSeconds":-1}', 'until the code expires is not more than 0'],
    ['one that is too large', '/invites', '{"expiresSeconds":1e9}', 'is more than 7d'],
    ['a text that is empty', '/group/join', '{"code":" "}', 'the code is missing'],
    ['no text at all', '/group/join', '{}', 'the code is missing'],
    ['a word that is none', '/folders/photos/share', '{"device":"all","role":"king"}', 'the role is one of sync, send-only'],
    ['a name with a slash', '/folders', '{"path":"/a","name":"a/b"}', 'name'],
  ])('%s is a wrong usage that is named', async (_, path, body, word) => {
    const answer = await post(path, body)
    expect(answer.status).toBe(400)
    const { error } = JSON.parse(answer.text) as { error: { code: string; message: string; hint: string } }
    expect(error.code).toBe('usage')
    expect(error.message).toContain(word)
    expect(error.message).not.toMatch(/Too|expected|Invalid/)
    expect(error.hint).toMatch(/./)
  })

  it('refuses a body that is no JSON by its type, and one that is too large', async () => {
    expect((await post('/scan', '{}', 'text/plain')).status).toBe(400)
    const large = await post('/scan', JSON.stringify({ folder: 'x'.repeat(2 * 1024 * 1024) }))
    expect([large.status, large.text]).toEqual([400, expect.stringContaining('at most')])
  })

  it('answers an error with its code, sentence and hint', async () => {
    const answer = await post('/group/join', '{"code":"wrong"}')
    expect(answer.status).toBe(403)
    expect(JSON.parse(answer.text)).toEqual({
      error: { code: 'denied', message: 'this code is not valid', hint: 'ask for a new one' },
    })
  })

  it('says what is not there', async () => {
    expect((await get('/api/v1/nothing')).status).toBe(404)
    expect((await get('/api/v1/folders/nope/problems')).status).toBe(404)
  })

  it('takes names with any character', async () => {
    running.backend.folderList.push({ ...running.backend.folderList[0]!, id: 'o'.repeat(26), name: 'bücher & 100% #1?' })
    const client = createClient(socketTransport(running.socket))
    expect(await client.pauseFolder({ folder: 'bücher & 100% #1?' })).toEqual({ id: 'o'.repeat(26) })
  })

  it('tells the backend when the caller has gone', async () => {
    const controller = new AbortController()
    const arrived = Promise.withResolvers<void>()
    running.backend.waiting = (signal) => {
      arrived.resolve()
      return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)))
    }
    const waiting = createClient(socketTransport(running.socket)).wait({}, { signal: controller.signal })
    await arrived.promise
    controller.abort()
    await expect(waiting).rejects.toThrow(/abort/i)
    await eventually(() => running.backend.aborted).toBe(1)
    running.backend.waiting = undefined
  })
})

describe('beside the operations', () => {
  it('serves health, readiness, metrics and its own description', async () => {
    expect((await get('/healthz')).status).toBe(200)
    expect((await get('/readyz')).status).toBe(200)
    expect((await get('/metrics')).text).toContain('holdfast_uptime_seconds 12')
    expect(JSON.parse((await get('/api/v1/openapi.json')).text)).toMatchObject({ info: { version: '0.0.1' } })
  })

  it('is not ready, yet alive, while a check fails', async () => {
    running.backend.healthy = false
    expect((await get('/readyz')).status).toBe(503)
    expect((await get('/readyz')).text).toContain('database')
    expect((await get('/healthz')).status).toBe(200)
    running.backend.healthy = true
  })
})
