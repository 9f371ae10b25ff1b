import { getHeapStatistics } from 'node:v8'
import { expect, test } from 'vitest'
import { beginAnew, collectGarbage, type ReplaceableProcess } from '../../src/base/own-process.ts'

const FLAGS = ['--small', '--quiet']
const VARIABLES = { ARENAS: '1', TRIM: '2' }

/** A process that can be replaced. */
function started(changes: Partial<ReplaceableProcess> = {}): ReplaceableProcess {
  return {
    platform: 'linux',
    versions: { node: '24.0.0' } as NodeJS.ProcessVersions,
    execPath: '/bin/node',
    execArgv: ['--quiet', '--small=9'],
    argv: ['/bin/node', '/dist/main.js', 'serve', '--name', 'a b'],
    env: { PATH: '/bin', ARENAS: '8' },
    channel: null,
    execve: () => undefined as never,
    ...changes,
  }
}

test('a program begins anew with the same arguments; what the user has set goes before', () => {
  expect(beginAnew(started(), FLAGS, VARIABLES)).toEqual({
    file: '/bin/node',
    args: ['/bin/node', '--small', '--quiet', '--small=9', '/dist/main.js', 'serve', '--name', 'a b'],
    env: { PATH: '/bin', ARENAS: '8', TRIM: '2', HOLDFAST_SETTLED: '1' },
  })
})

test('it begins anew once', () => {
  const { env } = beginAnew(started(), FLAGS, VARIABLES)!
  expect(beginAnew(started({ env }), FLAGS, VARIABLES)).toBeNull()
})

test.each<[string, Partial<ReplaceableProcess>]>([
  ['another system', { platform: 'darwin' }],
  ['an older Node', { execve: undefined }],
  ['Electron', { versions: { node: '24.0.0', electron: '45.0.0' } as unknown as NodeJS.ProcessVersions }],
  ['a process with a channel to its parent', { channel: {} as NonNullable<ReplaceableProcess['channel']> }],
  ['a program without a file', { argv: ['/bin/node'] }],
])('%s is left as it is', (_, changes) => {
  expect(beginAnew(started(changes), FLAGS, VARIABLES)).toBeNull()
})

test.each(['regular', 'last-resort'] as const)('a %s collection drops what nothing holds', (flavor) => {
  let junk: unknown[] | undefined = Array.from({ length: 200_000 }, (_, at) => ({ at, text: `number ${at}` }))
  const before = getHeapStatistics().used_heap_size
  junk = undefined
  collectGarbage(flavor)
  expect(junk).toBeUndefined()
  expect(before - getHeapStatistics().used_heap_size).toBeGreaterThan(5_000_000)
})
