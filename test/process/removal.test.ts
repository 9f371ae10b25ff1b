import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Device } from '../../scripts/device.ts'
import { Cluster, folderOf, settle, until } from './cluster.ts'
import { write } from './trees.ts'

const cluster = new Cluster()
let anna: Device
let ben: Device
let carol: Device

beforeAll(async () => {
  ;[anna, ben, carol] = (await cluster.group(['anna', 'ben', 'carol'])) as [Device, Device, Device]
  await cluster.share('letters', [anna, ben, carol], (root) => write(root, 'a', 'from anna\n'))
  const [place] = (await cluster.share('late', [anna, carol], (root) => write(root, 'a', 'from anna\n'))) as [string]
  await settle('letters', anna, ben, carol)
  await settle('late', anna, carol)
  await carol.client.pauseFolder({ folder: 'late', forSeconds: null })
  write(place, 'b', 'does not come any more\n')
  await anna.client.scan({ folder: 'late' })
  await until('carol knows of it', async () => (await folderOf(carol, 'late')).needEntries === 1)
  await anna.client.removeDevice({ device: 'carol' })
  await until('carol knows', async () => (await carol.client.status()).removed !== null)
  await carol.client.resumeFolder({ folder: 'late' })
})
afterAll(() => cluster.end())

async function removals(device: Device): Promise<unknown[]> {
  return (await device.client.activity({})).filter(({ event }) => event === 'removed')
}

test('a removed device says in its status who removed it and what to do, also after a restart', async () => {
  for (const again of [false, true]) {
    if (again) {
      await carol.stop()
      carol = await cluster.restart(carol)
    }
    const { removed } = await carol.cli<{ removed: unknown }>('status')
    expect(removed).toEqual({ by: anna.ready.device, name: 'anna', time: expect.stringMatching(/^\d{4}-.*Z$/), role: 'member' })
    const shown = await carol.shown('status')
    expect(shown).toContain('anna removed this device from its group on ')
    expect(shown).toContain('holdfast join CODE')
    expect((await folderOf(carol, 'letters')).reason).toContain('anna removed this device from its group')
    const refused =
      /letters is synced with nobody: anna removed this device from its group[^]*holdfast join CODE[^]*holdfast leave/
    await expect(carol.cli('wait')).rejects.toMatchObject({ code: 'denied', message: expect.stringMatching(refused) as string })
  }
  expect((await ben.client.status()).removed).toBe(null)
})

test('it says that nobody brings what is still to come, and what to do once for all of its folders', async () => {
  await until('it is looked at', async () => (await folderOf(carol, 'late')).state !== 'scanning')
  expect(await folderOf(carol, 'late')).toMatchObject({
    state: 'idle',
    reasonCode: 'no-device',
    reason:
      '1 entry is missing here, and nobody brings it until this device joins again: anna removed this device from its group.',
  })
  const hint =
    'to be in it again: holdfast invite on one of its devices, then here holdfast join CODE; to go on alone: holdfast leave'
  await expect(carol.client.wait({ timeoutSeconds: 20 })).rejects.toMatchObject({ code: 'denied', hint })
})

test('every device’s activity names who did it, and whom', async () => {
  const by = { device: anna.ready.device, by: 'anna' }
  expect(await removals(carol)).toMatchObject([{ ...by, detail: 'this device, from the group' }])
  for (const device of [anna, ben]) expect(await removals(device)).toMatchObject([{ ...by, detail: 'carol' }])
  expect(await carol.shown('activity')).toMatch(/ {2}removed {2}this device, from the group {2}by anna\n/)
})

test('every device’s activity names who joined the group since it is in it itself', async () => {
  const joined = async (device: Device): Promise<(string | null)[]> =>
    (await device.client.activity({})).filter(({ event, detail }) => event === 'joined' && detail !== '').map(({ by }) => by)
  expect(await joined(anna)).toEqual(['carol', 'ben'])
  expect(await joined(ben)).toEqual(['carol'])
  expect(await joined(carol)).toEqual([])
  expect(await anna.shown('activity')).toMatch(/ {2}joined {2}the group {2}by ben\n/)
})

test('what devices of its former group did is still shown with their names', async () => {
  expect(await carol.shown('activity')).toMatch(/ {2}added {2}letters\/a {2}by anna\n/)
})

test('a folder of its own, made since, is synced as ever', async () => {
  await cluster.share('mine', [carol], (root) => write(root, 'm', 'from carol\n'))
  await settle('mine', carol)
})

test('leaving is the answer that it goes on alone, and says of what it had online-only that nobody has it there', async () => {
  const lonely = await cluster.start('lonely')
  await expect(lonely.cli('leave')).rejects.toMatchObject({ code: 'usage' })
  const { code } = await anna.cli<{ code: string }>('invite')
  await lonely.cli('join', code)
  await until('letters is offered', async () => (await lonely.client.folders()).some(({ name }) => name === 'letters'))
  await lonely.cli('folder', 'join', 'letters')
  await until('lonely lists it', async () => (await folderOf(lonely, 'letters')).entries > 0)
  await lonely.stop()
  await anna.client.removeDevice({ device: 'lonely' })
  const back = await cluster.restart(lonely)
  await until('lonely, which was away, knows', async () => (await back.client.status()).removed !== null)
  const removed = 'Online-only, and synced with nobody: anna removed this device from its group.'
  await until('it says so', async () => (await folderOf(back, 'letters')).reason === removed)
  await back.cli('leave')
  expect((await back.client.status()).removed).toBe(null)
  await until('nothing of it counts as protected', async () => (await folderOf(back, 'letters')).protectedPercent === 0)
  const shown = await back.shown('status')
  expect(shown).toContain(
    'letters: no device of this group has it on a disk: of its content only what was opened here lately can',
  )
  expect(shown).not.toContain('on this one alone')
  const unheld = { code: 'offline', message: expect.stringMatching(/^letters is not protected: no device/) as string }
  await expect(back.client.wait({ for: 'protected', timeoutSeconds: 20 })).rejects.toMatchObject(unheld)
})

test('a device that was let in again is no longer called removed, and what it deleted meanwhile, and never had, is told where it was', async () => {
  await carol.cli('rm', 'late/b')
  const { code } = await anna.cli<{ code: string }>('invite')
  await carol.cli('join', code)
  expect((await carol.client.status()).removed).toBe(null)
  expect(await carol.shown('status')).not.toContain('removed this device')
  await until('anna tells of it', async () =>
    (await folderOf(anna, 'late')).notes.some(({ reasonCode }) => reasonCode === 'deleted-apart'),
  )
  expect(existsSync(join(cluster.place(anna, 'late'), 'b'))).toBe(false)
  const words =
    '1 entry that was here was deleted by carol, as it seems before they were in one group with this device, or were again; what no other'
  expect(await anna.shown('status')).toContain(words)
  expect(await anna.shown('activity')).toContain(`  deleted  late  ${words}`)
  await anna.cli('restore', 'late/b')
  await until('it is back', async () => existsSync(join(cluster.place(anna, 'late'), 'b')))
  await settle('late', anna, carol)
  expect((await folderOf(carol, 'late')).notes.map(({ reasonCode }) => reasonCode)).not.toContain('deleted-apart')
})

test('devices of one name are told apart by the end of their ids, and only they', async () => {
  await carol.cli('config', 'set', 'name', 'ben')
  await until('the name is known', async () => (await anna.client.devices()).filter(({ name }) => name === 'ben').length === 2)
  write(cluster.place(carol, 'letters'), 'c', 'from the other ben\n')
  write(cluster.place(ben, 'letters'), 'b', 'from ben\n')
  await settle('letters', carol, ben, anna)
  const shown = await anna.shown('activity')
  for (const [path, { ready }] of [
    ['c', carol],
    ['b', ben],
  ] as const)
    expect(shown).toContain(`  added  letters/${path}  by ben (${ready.device.slice(-8)})\n`)
  expect(shown).toContain('  removed  carol  by anna\n')
})
