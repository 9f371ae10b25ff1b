import { expect, test } from 'vitest'
import { HoldfastError } from '#base'
import { eventually } from '../api/eventually.ts'
import { lookupOperations } from '../../src/daemon/backend-lookup.ts'

/** The operations on one folder, `work`, with as much of a daemon as they need. */
function lookups(disk: object | null, actions: object = {}, more: object = {}): ReturnType<typeof lookupOperations> {
  const folder = { stored: { id: 'work', name: 'work', path: '/work' }, disk, fault: null, sync: { actions }, ...more }
  const context = { registry: { folders: [folder], find: () => folder } }
  return lookupOperations(context as unknown as Parameters<typeof lookupOperations>[0])
}

const { signal } = new AbortController()

test('two pages that try out rules of one folder both get their answer, one after the other; who has gone holds up nobody', async () => {
  const none = { ignored: 0, newlyIgnored: [], noLonger: [], faults: [] }
  const begun: { rules: string; signal: AbortSignal; answer: (value: typeof none) => void }[] = []
  const compareRules = (bytes: Uint8Array, options: { signal: AbortSignal }): Promise<typeof none> => {
    const { promise, resolve } = Promise.withResolvers<typeof none>()
    begun.push({ rules: Buffer.from(bytes).toString(), signal: options.signal, answer: resolve })
    return promise
  }
  const { previewIgnore } = lookups({ compareRules })
  const gone = new AbortController()
  const of = { folder: 'work', limit: 1 }
  const first = previewIgnore({ ...of, text: '*.lo' }, signal)
  const given = previewIgnore({ ...of, text: '*.l' }, gone.signal)
  const second = previewIgnore({ ...of, text: '*.log' }, signal)
  gone.abort(new Error('gone'))
  await Promise.resolve()
  expect(begun.map(({ rules, signal: { aborted } }) => [rules, aborted])).toEqual([['*.lo', false]])
  begun[0]!.answer({ ...none, ignored: 1 })
  expect(await first).toMatchObject({ ignored: 1 })
  await expect(given).rejects.toThrow('gone')
  await eventually(() => begun.length).toBe(2)
  begun[1]!.answer({ ...none, ignored: 2 })
  expect(await second).toMatchObject({ ignored: 2 })
  expect(begun.map(({ rules }) => rules)).toEqual(['*.lo', '*.log'])
})

test('rules that were changed meanwhile are not overwritten, and those that are no text are not edited', async () => {
  const written: string[] = []
  const disk = { file: Buffer.from('*.tmp\n'), ignoreFile: async () => disk.file }
  const put = async (path: string): Promise<void> => void written.push(path)
  const { ignoreRules, setIgnoreRules } = lookups(disk, { put })
  const change = { folder: 'work', text: '*.log\n', expected: '*.txt\n' }
  await expect(setIgnoreRules(change, signal)).rejects.toMatchObject({ code: 'conflict', hint: expect.any(String) })
  expect(written).toEqual([])
  await setIgnoreRules({ ...change, expected: '*.tmp\n' }, signal)
  await setIgnoreRules({ folder: 'work', text: '*.log\n' }, signal)
  expect(written).toEqual(['.holdfastignore', '.holdfastignore'])
  disk.file = Buffer.from([0xff, 0xfe, 0x2a])
  await expect(ignoreRules({ folder: 'work' }, signal)).rejects.toMatchObject({ code: 'unsupported', hint: expect.any(String) })
})

test('nor are those that are changed while the others are on their way to the disk', async () => {
  const disk = { file: Buffer.from('*.tmp\n'), ignoreFile: async () => disk.file }
  const placed: string[] = []
  const put = async (path: string, { content }: { content: AsyncIterable<Uint8Array> }): Promise<void> => {
    for await (const _ of content) disk.file = Buffer.from('of another program\n')
    placed.push(path)
  }
  const { setIgnoreRules } = lookups(disk, { put })
  await expect(setIgnoreRules({ folder: 'work', text: '*.log\n', expected: '*.tmp\n' }, signal)).rejects.toMatchObject({
    code: 'conflict',
  })
  expect(placed).toEqual([])
})

test('a folder without a place on this disk has no rules where there are none, and fails where they cannot be read', async () => {
  let fault = new HoldfastError('not-found', 'there is no such entry')
  const current = async (): Promise<never> => {
    throw fault
  }
  const { ignoreRules, setIgnoreRules } = lookups(null, {}, { keeping: { past: { current } } })
  expect(await ignoreRules({ folder: 'work' }, signal)).toEqual({ text: '' })
  fault = new HoldfastError('corrupt', 'the database is damaged')
  await expect(ignoreRules({ folder: 'work' }, signal)).rejects.toMatchObject({ code: 'corrupt' })
  await expect(setIgnoreRules({ folder: 'work', text: '', expected: '' }, signal)).rejects.toMatchObject({ code: 'corrupt' })
})
