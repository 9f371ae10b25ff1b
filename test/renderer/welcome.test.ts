import { describe, expect, test } from 'vitest'
import { welcomeStep } from '../../renderer/welcome/step.ts'
import { eventually } from '../api/eventually.ts'
import { folderStatus, MemoryBackend, pairing, STRANGER } from '../api/memory-backend.ts'
import { faultsOf } from './faults.ts'
import { firstStart, MUSIC, paired, PHOTOS } from './folders-backend.ts'
import { hasBrowser, it as ofPage } from './open-page.ts'

const it = ofPage.extend<{ backend: MemoryBackend }>({
  // oxlint-disable-next-line no-empty-pattern -- vitest reads what a fixture needs out of its pattern
  backend: async ({}, use) => {
    const backend = new MemoryBackend()
    firstStart(backend)
    await use(backend)
  },
})

const offered = folderStatus('music', MUSIC, { state: 'offered', reasonCode: 'offered', path: null })

test('the way to a second device has three steps', () => {
  const [one, other] = new MemoryBackend().deviceList
  const kit = { ...other!, role: 'recovery' as const }
  expect(welcomeStep({ folders: [], devices: [one!] })).toBe(1)
  expect(welcomeStep({ folders: [offered], devices: [one!, kit] })).toBe(1)
  expect(welcomeStep({ folders: [folderStatus('photos', PHOTOS)], devices: [one!, kit] })).toBe(2)
  expect(welcomeStep({ folders: [], devices: [one!, other!] })).toBe(3)
})

describe.skipIf(!hasBrowser)('a first start', () => {
  it('leads from a folder here to one on both devices, one thing to do at a time', async ({ page, backend, called, heard }) => {
    await page.locator('[data-step="1"]').waitFor()
    expect(await faultsOf(page)).toEqual([])
    await page.locator('[data-step="1"]').getByLabel('Folder on this computer').fill('/home/me/photos')
    await page.getByRole('button', { name: 'Share folder' }).click()
    const second = page.locator('[data-step="2"]')
    await second.getByRole('button', { name: 'Pair' }).waitFor()
    await eventually(() => page.evaluate('document.activeElement.className')).toBe('welcome')
    await second.getByRole('button', { name: 'Pair' }).click()
    await page.getByRole('alertdialog').getByRole('button', { name: 'They are the same' }).click()
    await eventually(() => called('acceptPairing').length).toBe(1)
    backend.announce({ event: 'pairings', data: (backend.pairingList = []) })
    paired(backend, null)
    const third = page.locator('[data-step="3"]')
    await third.getByText('Choose on kitchen where it goes').waitFor()
    paired(backend, 40)
    await third.getByText('40% of it is there.').waitFor()
    paired(backend, 100)
    await third.getByRole('heading', { name: 'It is on both computers' }).waitFor()
    await third.getByRole('button', { name: 'Done' }).click()
    await third.waitFor({ state: 'detached' })
    await page.reload()
    await page.locator('[data-folder="photos"]').waitFor()
    expect(await page.locator('.welcome').count()).toBe(0)
    expect(heard).toEqual([])
  })

  it('leads a second computer to the folders of the first', async ({ page, backend }) => {
    await page.getByRole('button', { name: 'Connect to it' }).click()
    await page.locator('[data-step="2"]').getByText('Open Holdfast on the other computer, too.').waitFor()
    backend.announce({ event: 'pairings', data: (backend.pairingList = [pairing(backend.nearbyList[0]!)]) })
    await page.getByRole('alertdialog').getByText('314 159').waitFor()
    expect(await page.locator('.welcome-steps li').first().innerText()).toMatch(/^\s*Shared on the other computer/)
    backend.announce({ event: 'pairings', data: (backend.pairingList = []) })
    backend.announce({
      event: 'pairing-ended',
      data: { device: STRANGER, name: 'phone', joined: true, message: null, hint: null },
    })
    backend.folderList = [offered]
    paired(backend, null)
    const third = page.locator('[data-step="3"]')
    await third.getByRole('heading', { name: 'Bring it here' }).waitFor()
    await eventually(() => third.getByLabel('Where it goes').inputValue()).toBe('/home/me/music')
    expect(await faultsOf(page)).toEqual([])
    await third.getByRole('button', { name: 'Join' }).click()
    await third.getByRole('heading', { name: 'On its way' }).waitFor()
    const here = folderStatus('music', MUSIC, { entries: 3, bytes: 9 })
    backend.folderList = [here]
    paired(backend, 100)
    await third.getByRole('heading', { name: 'It is on both computers' }).waitFor()
    await third.getByRole('link', { name: 'Show its files' }).waitFor()
  })

  it('says what is in the way of a folder that does not come, and leads there', async ({ page, backend, card }) => {
    await page.getByRole('button', { name: 'Connect to it' }).click()
    const more = {
      state: 'syncing',
      reasonCode: 'put-off',
      values: { entries: 2 },
      needEntries: 2,
      needBytes: 3e6,
      problems: 2,
    } as const
    backend.folderList = [folderStatus('photos', PHOTOS, more)]
    const problem = { folder: 'photos', message: 'the disk is full', hint: null, since: '2030-01-02T03:04:05.000Z' }
    backend.problemList = ['a', 'b'].map((path) => ({ ...problem, path, code: 'full' }))
    paired(backend, null)
    const third = page.locator('[data-step="3"]')
    await third.getByRole('heading', { name: 'Not all of it can come yet' }).waitFor()
    await third.getByText('2 entries cannot be brought here now.').waitFor()
    await third.getByRole('link', { name: 'The disk of photos is full' }).click()
    await page.getByRole('heading', { name: 'No room on the disk' }).waitFor()
    await card('photos').waitFor()
  })

  it('is put off by somebody who wants one device only', async ({ page, backend }) => {
    backend.folderList = [folderStatus('photos', PHOTOS)]
    backend.announce({ event: 'resync', data: {} })
    await page.getByRole('button', { name: 'Not now' }).click()
    await page.locator('.welcome').waitFor({ state: 'detached' })
    await page.reload()
    await page.locator('[data-folder="photos"]').waitFor()
    expect(await page.locator('.welcome').count()).toBe(0)
  })
})
