import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { pair, type Device } from '../../scripts/device.ts'
import { Cluster, folderOf, settle, until } from './cluster.ts'
import { write, writeSmallFiles } from './trees.ts'

const cluster = new Cluster()
let anna: Device
let ben: Device
let carl: Device
let nas: Device

const entry = join(import.meta.dirname, 'dishonest.ts')
/** While it is there, devices lie that do. */
const LIES = join(cluster.directory, 'lies')

beforeAll(async () => {
  ;[anna, ben, carl, nas] = await Promise.all([
    cluster.start('anna'),
    cluster.start('ben', { entry, env: { FORGED: 'roles,lies', LIES } }),
    cluster.start('carl'),
    cluster.start('nas', { entry, env: { FORGED: 'lies', LIES } }),
  ])
  await pair(anna, ben, carl)
})
afterAll(() => cluster.end())

/** A folder that Ben, who is patched, has, and may no longer write in; he does all the same. */
async function forbidden(folder: string, share: string[], before: (place: string) => Promise<void>): Promise<string[]> {
  const places = await cluster.share(folder, [anna, ben, carl], (root) => writeSmallFiles(root, 5))
  await settle(folder, anna, ben, carl)
  await before(places[1]!)
  // So that "all" is not her, too.
  await anna.cli('folder', 'share', folder, 'anna', '--role', 'sync')
  await anna.cli('folder', 'share', folder, ...share)
  for (const device of [ben, carl]) {
    const name = device === ben ? 'ben' : 'carl'
    await until(`${name} knows the role`, async () => {
      const roles = (await device.client.folders()).filter((one) => one.name === folder)
      return roles.some(({ role }) => role === (name === 'carl' && share[0] === 'ben' ? 'sync' : 'receive-only'))
    })
  }
  write(places[1]!, 'forbidden', 'written without the right to')
  write(places[1]!, 'd0/f1', 'changed without the right to')
  await ben.client.scan({ folder })
  return places
}

/** What Anna writes arrives, and so Ben's would have. */
async function refused(folder: string, [here, there, third]: string[]): Promise<void> {
  write(here!, 'allowed', 'from anna')
  await anna.client.scan({ folder })
  await until('what may be written comes', () => [there!, third!].every((place) => existsSync(join(place, 'allowed'))))
  await new Promise((resolve) => setTimeout(resolve, 1_500))
  for (const place of [here!, third!]) {
    expect(existsSync(join(place, 'forbidden'))).toBe(false)
    expect(readFileSync(join(place, 'd0/f1'), 'utf8')).toMatch(/^small 1\n/)
  }
}

test('records of a device that was made receive-only before it wrote are refused', async () => {
  const places = await forbidden('never', ['ben', '--role', 'receive-only'], () => Promise.resolve())
  await refused('never', places)
})

test('records of a device that was made receive-only are refused but for what it wrote before', async () => {
  const places = await forbidden('before', ['ben', '--role', 'receive-only'], async (place) => {
    write(place, 'early', 'while ben might')
    await ben.client.scan({ folder: 'before' })
    await settle('before', anna, ben, carl)
  })
  await refused('before', places)
  for (const place of places) expect(readFileSync(join(place, 'early'), 'utf8')).toBe('while ben might')
  // And when it may write again, they come.
  await anna.cli('folder', 'share', 'before', 'ben', '--role', 'sync')
  await until('they come', () => [0, 2].every((at) => existsSync(join(places[at]!, 'forbidden'))))
})

test('records of a device that lost the right with all others are refused', async () => {
  const places = await forbidden('all', ['all', '--role', 'receive-only'], () => Promise.resolve())
  await refused('all', places)
})

test('a device whose role was taken gets nothing of what is written then', async () => {
  const places = await cluster.share('secret', [anna, ben, carl], (root) => writeSmallFiles(root, 5))
  await settle('secret', anna, ben, carl)
  await anna.cli('folder', 'share', 'secret', 'ben', '--role', 'none')
  await until('ben knows', async () =>
    (await ben.client.folders()).some(({ name, role }) => name === 'secret' && role === 'none'),
  )
  write(places[0]!, 'withheld', 'not for ben')
  await anna.client.scan({ folder: 'secret' })
  await until('it has come to carl', () => existsSync(join(places[2]!, 'withheld')))
  await ben.client.scan({ folder: 'secret' })
  await new Promise((resolve) => setTimeout(resolve, 1_500))
  expect(existsSync(join(places[1]!, 'withheld'))).toBe(false)
  expect((await ben.client.list({ folder: 'secret' })).map(({ path }) => path)).not.toContain('withheld')
  await anna.cli('folder', 'share', 'secret', 'ben', '--role', 'sync')
  await until('it comes then', () => existsSync(join(places[1]!, 'withheld')))
})

test('what a device says that it has, and does not give, does not count, and is told; it does when it gives it', async () => {
  write(cluster.directory, 'lies', '')
  const { code } = await anna.cli<{ code: string }>('invite', '--role', 'storage')
  await nas.cli('join', code)
  await nas.cli('config', 'set', 'pledge', '1GB')
  const [, , third] = await cluster.share('trusted', [anna, ben, carl], (root) => writeSmallFiles(root, 5))
  await settle('trusted', anna, ben, carl)
  // Nor does it keep anybody from having it.
  expect(existsSync(join(third!, 'd0/f1'))).toBe(true)
  const liars = async (): Promise<string> => {
    const { notes } = await folderOf(anna, 'trusted')
    return notes.flatMap(({ message }) => /kept by (\w+), and it does not have all/.exec(message)?.[1] ?? []).join()
  }
  // So that they lose no time.
  for (const device of [ben, carl])
    device.cli('wait', '--folder', 'trusted', '--for', 'protected', '--timeout', '3s').catch(() => undefined)
  await until('both are found out', async () => ['ben,nas', 'nas,ben'].includes(await liars()))
  const problems = await anna.client.problems({ folder: 'trusted' })
  expect(problems.map(({ path, code: why, hint }) => [path, why, hint])).toContainEqual([
    '.',
    'lies',
    'on ben: holdfast scrub; it is asked again by itself',
  ])
  const told = (await anna.client.activity({ before: 0, limit: 1_000 })).filter(({ folder }) => folder === 'trusted')
  expect(told.flatMap(({ event, by }) => (event === 'misbehaved' ? [by] : [])).toSorted()).toEqual(['ben', 'nas'])
  const late = anna.cli('wait', '--folder', 'trusted', '--for', 'protected', '--timeout', '1s')
  await expect(late).rejects.toThrow(/not kept by ben yet, and it does not have all that it says it has/)
  expect((await folderOf(anna, 'trusted')).protectedPercent).toBeLessThan(100)
  rmSync(LIES)
  await anna.cli('rebalance')
  expect([await liars(), (await folderOf(anna, 'trusted')).protectedPercent]).toEqual(['', 100])
})
