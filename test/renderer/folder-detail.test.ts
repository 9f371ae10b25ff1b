import { describe, expect } from 'vitest'
import { HoldfastError } from '#base'
import { eventually } from '../api/eventually.ts'
import { OTHER, THIS } from '../api/memory-backend.ts'
import { faultsOf } from './faults.ts'
import { PHOTOS, photosAre } from './folders-backend.ts'
import { hasBrowser, it } from './open-page.ts'

describe.skipIf(!hasBrowser)('the drawer of a folder', () => {
  it('is at an address of its own, begins with the focus, and goes with Back', async ({ page, card, running, heard }) => {
    await card('photos').getByRole('link', { name: 'photos', exact: true }).click()
    const drawer = page.getByRole('region', { name: 'photos' })
    await drawer.getByText('/home/me/photos').waitFor()
    await eventually(() => page.evaluate('document.activeElement.className')).toBe('folders-detail')
    await drawer.getByRole('tab', { name: 'Overview' }).focus()
    await page.keyboard.press('ArrowRight')
    await drawer.getByRole('heading', { name: 'Ask about any file' }).waitFor()
    expect(new URL(page.url()).search).toBe(`?folder=${PHOTOS}&tab=problems`)
    await page.goBack()
    await drawer.waitFor({ state: 'detached' })
    await page.goto(`${running.server.url}/?folder=${PHOTOS}&tab=sharing`)
    await drawer.getByRole('combobox', { name: 'What kitchen may do' }).waitFor()
    expect(heard).toEqual([])
  })

  it('has nothing that hinders anybody, on any of its tabs, on a narrow screen as well', async ({ page, visit }) => {
    for (const [tab, shown] of Object.entries({
      overview: 'Leave it',
      problems: 'Ask about any file',
      sharing: 'Add a device',
      versions: 'What that does now',
      ignore: 'What these rules do',
    })) {
      await visit(`/?folder=${PHOTOS}&tab=${tab}`)
      await page.getByText(shown).first().waitFor()
      expect(await faultsOf(page), tab).toEqual([])
      await page.setViewportSize({ width: 360, height: 740 })
      await eventually(() => page.evaluate('document.documentElement.scrollWidth')).toBe(360)
      await page.setViewportSize({ width: 1280, height: 800 })
    }
  })

  it('pauses a folder for a while, and leaves it only when asked twice', async ({ page, visit, called, backend }) => {
    await visit(`/?folder=${PHOTOS}`)
    await page.getByRole('button', { name: 'for 1 hour' }).click()
    await eventually(() => called('pauseFolder')).toEqual([{ folder: PHOTOS, forSeconds: 3_600 }])
    await page.getByRole('button', { name: 'Leave it' }).click()
    expect(backend.folderList.some(({ id }) => id === PHOTOS)).toBe(true)
    await page.getByRole('button', { name: 'Leave photos' }).click()
    await page.getByRole('status').getByText('Its files are still on this disk').waitFor()
    expect(backend.folderList.some(({ id }) => id === PHOTOS)).toBe(false)
  })

  it('says who may do what, changes it, takes it back, and tells who keeps another role', async ({ page, visit, backend }) => {
    const shared: unknown[] = []
    let role: 'sync' | 'receive-only' = 'sync'
    backend.folderRoles = async () => [
      { device: THIS, name: 'desk', role: 'sync', own: false },
      { device: OTHER, name: 'kitchen', role, own: role !== 'sync' },
    ]
    const share = backend.shareFolder
    backend.shareFolder = async (input, signal) => {
      shared.push(input)
      if (input.role === 'send-only')
        throw new HoldfastError('denied', 'only a device with the role sync may', { hint: 'ask kitchen' })
      if (input.device === OTHER) role = input.role as typeof role
      return await share(input, signal)
    }
    await visit(`/?folder=${PHOTOS}&tab=sharing`)
    const kitchen = page.getByRole('combobox', { name: 'What kitchen may do' })
    await kitchen.selectOption('receive-only')
    await page
      .getByRole('row', { name: /kitchen/ })
      .getByText('has a role of its own')
      .waitFor()
    await page.getByRole('button', { name: 'Undo' }).click()
    await page
      .getByRole('row', { name: /kitchen/ })
      .getByText('as all devices')
      .waitFor()
    backend.kept = [{ device: OTHER, name: 'kitchen', role: 'sync' }]
    await page.getByRole('combobox', { name: 'What All devices may do' }).selectOption('receive-only')
    await page.getByText('kitchen keeps the role that was given to it alone.').waitFor()
    expect(shared).toMatchObject([{ role: 'receive-only' }, { device: OTHER, role: 'sync' }, { device: 'all' }])
    await kitchen.selectOption('send-only')
    await page.getByRole('alert').getByText('Only a device with the role sync may. Ask kitchen.').waitFor()
    await eventually(() => kitchen.inputValue()).toBe('sync')
  })

  it('shows what ignore rules would do before they are saved, and their faults by line', async ({
    page,
    visit,
    backend,
    called,
  }) => {
    const preview = backend.previewIgnore
    backend.previewIgnore = async (input, signal) => ({
      ...(await preview(input, signal)),
      faults: input.text.includes('[') ? [{ line: 2, message: 'this bracket is not closed' }] : [],
    })
    await visit(`/?folder=${PHOTOS}&tab=ignore`)
    const rules = page.getByLabel('Rules, one a line')
    await eventually(() => rules.inputValue()).toBe('*.tmp\n')
    await rules.fill('*.log\n[\n')
    await page.getByText('debug.log').waitFor()
    await page.getByText('draft.tmp').waitFor()
    await page.getByText('This bracket is not closed.').waitFor()
    await page.getByRole('button', { name: 'Line 2' }).click()
    expect(await page.evaluate('document.activeElement.value.slice(document.activeElement.selectionStart)')).toBe('[\n')
    expect(called('setIgnoreRules')).toEqual([])
    await rules.fill('*.tmp\n*.log\n')
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByText('Saved what is ignored in photos').waitFor()
    await page.getByRole('button', { name: 'Undo' }).click()
    await eventually(() => called('setIgnoreRules')).toMatchObject([{ text: '*.tmp\n*.log\n' }, { text: '*.tmp\n' }])
    await eventually(() => rules.inputValue()).toBe('*.tmp\n')
    const put = backend.setIgnoreRules
    backend.setIgnoreRules = async (_, signal) => {
      await put({ folder: PHOTOS, text: '*.theirs\n' }, signal)
      throw new HoldfastError('conflict', 'it was changed meanwhile')
    }
    await rules.fill('*.mine\n')
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByText('*.theirs').waitFor()
    expect(await rules.inputValue()).toBe('*.mine\n')
    backend.setIgnoreRules = put
    await page.getByRole('button', { name: 'Keep mine' }).click()
    await page.getByRole('button', { name: 'Save' }).click()
    await eventually(() => called('setIgnoreRules').at(-1)).toMatchObject({ text: '*.mine\n', expected: '*.theirs\n' })
  })

  it('tells which versions a policy would let go, and sets it only then', async ({ page, visit, backend }) => {
    const asked: unknown[] = []
    const set = backend.setRetention
    Object.assign(backend, {
      setRetention: async (input: Parameters<typeof set>[0], signal: AbortSignal) => {
        asked.push(input)
        return await set(input, signal)
      },
    })
    await visit(`/?folder=${PHOTOS}&tab=versions`)
    expect(await page.getByLabel('One a day, for days').inputValue()).toBe('7')
    await page.getByLabel('The last five').check()
    await page.getByText('2 versions are kept. 1 version goes with the next cleaning.').waitFor()
    await page.getByText('daily: beyond the newest 7').waitFor()
    expect(asked).toMatchObject([{ policy: { 'keep-last': '5' }, dryRun: true }])
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByText('Saved what is kept of photos').waitFor()
    expect(asked.at(-1)).toMatchObject({ policy: { 'keep-last': '5' }, dryRun: false })
  })

  it('says by its reason why something does not sync, of a tree once, and lists all of it where that is asked for', async ({
    page,
    backend,
    running,
  }) => {
    const [one] = backend.problemList
    const unreadable = ['new', ...Array.from({ length: 80 }, (_, n) => `new/${n}.txt`)].map((path) => ({ ...one!, path }))
    backend.problemList = [...unreadable, { ...one!, path: 'a', code: 'local-edit', message: 'it was changed here', hint: null }]
    photosAre(backend, { problems: 82, role: 'receive-only' })
    await page.goto(`${running.server.url}/?folder=${PHOTOS}&tab=problems`)
    const group = page.getByRole('region', { name: 'Cannot be read 81' })
    await group.getByText('and 80 entries in it: Permission denied.').waitFor()
    await group.getByText('Give the user that Holdfast runs as the right to read it.').waitFor()
    expect(await group.getByRole('listitem').count()).toBe(1)
    await group.getByRole('button', { name: 'List all 81' }).click()
    await group.getByRole('button', { name: 'and 31 more' }).click()
    await eventually(() => group.getByRole('listitem').count()).toBe(81)
    await page
      .getByRole('region', { name: 'Edited here, and stays here 1' })
      .getByRole('button', { name: 'Undo local edits' })
      .waitFor()
    backend.problemList = []
    backend.announce({ event: 'problems', data: { folder: 'photos' } })
    await page.getByText('Nothing here is kept from syncing.').waitFor()
  })

  it('answers why any file is not synced, and leads to what can be done', async ({ page, visit, backend }) => {
    const details = backend.entryDetails
    backend.entryDetails = async (input, signal) => ({
      ...(await details(input, signal)),
      ...{ reasonCode: 'ignored', message: 'the rule *.tmp ignores it', hint: 'change the rules' },
    })
    await visit(`/?folder=${PHOTOS}&tab=problems`)
    await page.getByLabel('Its path in the folder').fill('/notes/draft.tmp')
    await page.getByRole('button', { name: 'Why?' }).click()
    await page.getByText('what others do to it does not come. To have it synced, change the rule that it fits.').waitFor()
    await page.getByText('kitchen: has it').waitFor()
    await page.getByRole('link', { name: 'Change what is ignored' }).click()
    await page.getByLabel('Rules, one a line').waitFor()
  })
})
