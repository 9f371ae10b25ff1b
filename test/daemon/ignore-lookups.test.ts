import { expect, test } from 'vitest'
import { lookupOperations } from '../../src/daemon/backend-lookup.ts'

/** The operations on one folder, `work`, with as much of a daemon as they need. */
function lookups(disk: object, actions: object = {}): ReturnType<typeof lookupOperations> {
  const folder = { stored: { id: 'work', name: 'work', path: '/work' }, disk, fault: null, sync: { actions } }
  const context = { registry: { folders: [folder], find: () => folder } }
  return lookupOperations(context as unknown as Parameters<typeof lookupOperations>[0])
}

const { signal } = new AbortController()

test('who tries out other rules ends what was tried out before', async () => {
  const begun: AbortSignal[] = []
  const none = { ignored: 0, newlyIgnored: [], noLonger: [], faults: [] }
  const answers = [Promise.withResolvers<typeof none>(), Promise.withResolvers<typeof none>()]
  const disk = {
    compareRules: (_: Uint8Array, options: { signal: AbortSignal }) => answers[begun.push(options.signal) - 1]!.promise,
  }
  const { previewIgnore } = lookups(disk)
  const calls = ['*.lo', '*.log'].map((text) => previewIgnore({ folder: 'work', text, limit: 1 }, signal))
  expect(begun.map(({ aborted }) => aborted)).toEqual([true, false])
  expect(begun[0]!.reason).toMatchObject({ code: 'blocked', hint: expect.any(String) })
  for (const { resolve } of answers) resolve(none)
  await Promise.all(calls)
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
