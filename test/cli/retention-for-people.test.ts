import { afterAll, beforeAll, expect, it } from 'vitest'
import { localTime } from '#base'
import { holdfast, startServer, type RunningServer } from './daemon-stand-in.ts'

const TIME = localTime('2030-01-02T03:04:05.000Z')
let running: RunningServer
beforeAll(async () => {
  running = await startServer()
})
afterAll(() => running.close())

async function said(...args: string[]): Promise<string[]> {
  const { stdout, stderr } = await holdfast('--home', running.home, ...args)
  return `${stdout}${stderr}`.trimEnd().split('\n')
}

it('a policy is shown with what it keeps and what not, and why', async () => {
  const wide = ' '.repeat(TIME.length - 4)
  expect(await said('retention', 'show', 'photos')).toEqual([
    'Policy: --keep-daily 7',
    '',
    `        PATH       VERSION       TIME${wide}  SIZE     WHY`,
    `keep    img-1.jpg  abababababab  ${TIME}  1.2 KiB  daily; pinned`,
    `forget  img-2.jpg  abababababab  ${TIME}  1.2 KiB  daily: beyond the newest 7`,
    '',
    'Versions: 5 kept, 1 of them no longer current; 1 not kept. 3 are not listed here.',
  ])
})

it('a policy that is only tried says that nothing was changed', async () => {
  const lines = await said('retention', 'set', 'photos', '--dry-run')
  expect(lines[0]).toBe('Policy: none, all versions are kept')
  expect(lines.at(-1)).toBe('Nothing was changed.')
  expect((await said('retention', 'set', 'photos')).at(-1)).toBe('Versions: 2 kept, 1 of them no longer current; 1 not kept.')
})

it('snapshots are told of in words', async () => {
  expect(await said('snapshot', 'create', 'photos', 'after')).toEqual(['Snapshot after: 3 entries, 2.0 KiB.'])
  expect((await said('snapshot', 'create', 'photos', 'soon')).at(-1)).toBe(
    'Not all of it is stored yet where it is to be; holdfast wait --folder photos --for protected waits for it.',
  )
  expect((await said('snapshot', 'list', 'photos')).at(-1)).toBe(`before  ${TIME}  kitchen  3        2.0 KiB  protected`)
  expect(await said('snapshot', 'restore', 'photos', 'before', '--dry-run')).toEqual([
    '        SIZE     PATH',
    'write   1.2 KiB  img-1.jpg',
    'delete  -        img-3.jpg',
    '',
    'before would be restored: 1 entry written (1.2 KiB), 1 deleted.',
  ])
  expect(await said('snapshot', 'restore', 'photos', 'torn', '--dry-run')).toEqual([
    '         SIZE     PATH',
    'missing  -        img-4.jpg',
    'write    1.2 KiB  img-1.jpg',
    'delete   -        img-3.jpg',
    '',
    'torn cannot be restored now: no device that is connected has all content of 1 entry (2.0 KiB), and nothing is restored without it, unless --partial leaves that out.',
    'Once that is there: besides it 1 entry written (1.2 KiB), 1 deleted. holdfast devices shows who is not connected.',
  ])
  const partial = ['snapshot', 'restore', 'photos', 'torn', '--partial']
  expect((await said(...partial, '--dry-run')).slice(-2)).toEqual([
    'Left out: 1 entry (2.0 KiB).',
    'torn would be restored: 1 entry written (1.2 KiB), 1 deleted.',
  ])
  expect(await said(...partial, '--to', '/tmp/x')).toEqual([
    'Restored torn to /tmp/x: 1 entry, 1.2 KiB.',
    'Left out: 1 entry (2.0 KiB), of which no device that is connected has all content:',
    '  img-4.jpg',
  ])
  const codes = [[], ['--dry-run']].map(async (more) => (await holdfast('--home', running.home, ...partial, ...more)).code)
  expect(await Promise.all(codes)).toEqual([1, 0])
  expect(await said('snapshot', 'restore', 'photos', 'before')).toEqual([
    'Restored before: 1 entry written, 1 deleted. The files may still be on their way: holdfast wait',
  ])
  expect(await said('snapshot', 'restore', 'photos', 'before', '--to', '/tmp/x')).toEqual([
    'Restored before to /tmp/x: 1 entry, 1.2 KiB.',
  ])
  expect(await said('snapshot', 'delete', 'photos', 'before')).toEqual(['Deleted: snapshot before'])
})

it('what a restoration to a time would do, and did, is told in words', async () => {
  const [at, then] = ['2030-01-02T03:04:05Z', `photos/docs as it was at ${TIME}`]
  const restore = ['restore', 'photos/docs', '--at', at, '--recursive']
  expect((await said(...restore, '--dry-run')).at(-1)).toBe(`${then} would be restored: 1 entry written (8 B), 1 deleted.`)
  expect(await said(...restore)).toEqual([
    `Restored ${then}: 1 entry written, 1 deleted. The files may still be on their way: holdfast wait`,
  ])
  expect(await said(...restore, '--to', '/tmp/x')).toEqual([`Restored ${then} to /tmp/x: 1 entry, 8 B.`])
  const asked = running.backend.calls.filter(({ name }) => name === 'restoreMoment').map(({ input }) => input)
  const all = {
    folder: 'photos',
    path: 'docs',
    at: '2030-01-02T03:04:05.000Z',
    to: null,
    dryRun: false,
    partial: false,
    keepNew: false,
  }
  expect(asked).toEqual([{ ...all, dryRun: true }, all, { ...all, to: '/tmp/x' }])
  for (const [args, why] of [
    [['restore', 'photos', '--at', 'before', '--recursive'], '--recursive goes with --at TIME'],
    [[...restore, '--version', 'ab'], '--recursive goes with --at TIME'],
    [['restore', 'photos/a', '--at', at, '--dry-run'], '--dry-run goes with --recursive'],
    [['restore', 'photos', '--at', at], 'photos names no file'],
  ] as const)
    expect((await said(...args))[0]).toContain(why)
})

it('a pin is told of with its version, which the list of versions shows', async () => {
  const id = `abcd${'0'.repeat(28)}`
  expect(await said('pin', 'photos/img.jpg', '--version', 'abcd')).toEqual([`Pinned: photos/img.jpg, version ${id}`])
  expect(await said('unpin', 'photos/img.jpg', '--version', 'abcd')).toEqual([`No longer pinned: photos/img.jpg, version ${id}`])
  expect((await said('versions', 'photos/img.jpg')).at(-1)).toContain('kept, current, pinned, snapshot before')
})

it('ls takes a time, or the name of a snapshot; restore, too, and a time may be the name of one', async () => {
  const own = await startServer()
  for (const at of ['2030-01-31T14:05:00Z', 'before 2']) await holdfast('--home', own.home, 'restore', 'photos/a', '--at', at)
  for (const at of ['2030-01-31T14:05:00Z', 'before the trip', 'before 2'])
    await holdfast('--home', own.home, 'ls', 'photos', '--at', at)
  await own.close()
  const asked = own.backend.calls.filter(({ name }) => name === 'list').map(({ input }) => input)
  expect(asked).toMatchObject([{ at: '2030-01-31T14:05:00.000Z' }, { snapshot: 'before the trip' }, { snapshot: 'before 2' }])
  const restored = own.backend.calls.filter(({ name }) => name === 'restore').map(({ input }) => input)
  expect(restored).toMatchObject([{ at: '2030-01-31T14:05:00.000Z', snapshot: '2030-01-31T14:05:00Z' }, { snapshot: 'before 2' }])
  expect(restored[1]).not.toHaveProperty('at')
})
