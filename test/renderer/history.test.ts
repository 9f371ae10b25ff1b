import { readFile } from 'node:fs/promises'
import { describe, expect } from 'vitest'
import type { PastVersion } from '#api/contract'
import { HoldfastError } from '#base'
import { eventually } from '../api/eventually.ts'
import { THIS, type MemoryBackend } from '../api/memory-backend.ts'
import { faultsOf } from './faults.ts'
import { MemoryPast, PHOTOS } from './history-backend.ts'
import { hasBrowser, it, type OpenPage } from './open-page.ts'

const OWN = { device: THIS, by: 'desk' }
const report = (day: number): string => `# Report\n\nThe harbour was quiet on day ${day}.\n${'the same\n'.repeat(20)}`

function past(backend: MemoryBackend): MemoryPast {
  const notes = Array.from({ length: 230 }, (_, n) => [`archive/note-${n}.txt`, [{ ago: 200 + n, content: 'x' }]])
  return new MemoryPast(backend, {
    'report.md': [
      { ago: 0.02, content: report(3) },
      { ago: 26, content: report(2), ...OWN },
      { ago: 50, content: report(1), pinned: true, snapshots: ['before'], state: 'at-risk' },
    ],
    'letters/anna.txt': [
      { ago: 30, cause: 'deleted' },
      { ago: 31, content: 'Dear Anna' },
    ],
    ...Object.fromEntries(notes),
  })
}

/** Opens a version of a path by its place among them, the newest first. */
async function open({ page, visit }: Pick<OpenPage, 'page' | 'visit'>, path: string, { version }: PastVersion): Promise<void> {
  await visit(`/history?${new URLSearchParams({ folder: PHOTOS, path, version }).toString()}`)
  await page.locator('.history-pane').getByRole('heading', { name: path }).waitFor()
}

describe.skipIf(!hasBrowser)('the history', () => {
  it('goes by days, tells who changed what and how, and takes only a path or a device', async ({ page, go, backend, heard }) => {
    past(backend)
    await go('History')
    const rows = page.locator('.history-row')
    await rows.first().waitFor()
    await eventually(() => page.getByRole('heading', { level: 3 }).first().innerText()).toMatch(/Today|Yesterday/)
    await page.getByRole('link', { name: /report\.md edited ±0 B desk/ }).waitFor()
    await page.getByRole('link', { name: /anna\.txt letters deleted kitchen/ }).waitFor()
    await page.getByLabel('Changed by').selectOption(THIS)
    await eventually(() => rows.count()).toBe(1)
    await page.getByLabel('Changed by').selectOption('')
    await page.getByLabel('File or directory').fill('/letters/')
    await page.keyboard.press('Enter')
    await eventually(() => rows.count()).toBe(2)
    expect(new URL(page.url()).searchParams.get('path')).toBe('letters')
    await page.goBack()
    await eventually(() => rows.count()).toBeGreaterThan(100)
    expect(heard).toEqual([])
  })

  it('loads older changes as their place comes near, and new ones as they happen', async ({ page, go, backend, called }) => {
    const all = past(backend)
    await go('History')
    const rows = page.locator('.history-row')
    await eventually(() => rows.count()).toBe(200)
    await rows.last().scrollIntoViewIfNeeded()
    await eventually(() => rows.count()).toBe(235)
    await page.getByRole('button', { name: 'Show older' }).waitFor({ state: 'detached' })
    expect(called('timeline')).toHaveLength(2)
    await backend.restore(
      { folder: PHOTOS, path: 'letters/anna.txt', version: all.versions('letters/anna.txt')[1]!.version, to: null },
      AbortSignal.any([]),
    )
    await eventually(() => rows.count()).toBe(236)
    await page.getByRole('link', { name: /anna\.txt letters same as an earlier one/ }).waitFor()
  })

  it('jumps to a time by the strip, by keys or out of a list', async ({ page, go, backend }) => {
    past(backend)
    await go('History')
    const strip = page.getByRole('slider', { name: 'Time' })
    await strip.focus()
    await page.keyboard.press('Home')
    await page.getByText('What changed until').waitFor()
    await eventually(() => strip.getAttribute('aria-valuetext')).toMatch(/: \d+ changes/)
    await page.getByRole('link', { name: /note-229\.txt/ }).waitFor()
    await page
      .getByRole('link', { name: /report\.md/ })
      .first()
      .waitFor({ state: 'detached' })
    await page.getByRole('button', { name: 'Back to now' }).click()
    await page
      .getByRole('link', { name: /report\.md/ })
      .first()
      .waitFor()
    await page.getByText('When something changed, as a list').click()
    await page.locator('.history-busy button').last().click()
    await page.getByText('What changed until').waitFor()
  })

  it('shows a version, says how safe it is, and restores it as a new one; undoing brings back what was there', async ({
    page,
    visit,
    backend,
    called,
  }) => {
    const all = past(backend)
    const [newest, , oldest] = all.versions('report.md')
    await open({ page, visit }, 'report.md', oldest!)
    await page.getByText('quiet on day 1').waitFor()
    await page.getByText('At risk: perhaps on another device alone').waitFor()
    await page.getByText('Kept by the snapshot before').waitFor()
    await page.locator('.history-row[aria-current]').getByText('at risk').waitFor()
    await page.getByRole('link', { name: 'Newer' }).click()
    await page.getByText('quiet on day 2').waitFor()
    await page.locator('.history-row[aria-current]').focus()
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Enter')
    await page.getByText('quiet on day 1').waitFor()
    await page.getByRole('button', { name: 'Restore', exact: true }).click()
    await page
      .getByRole('status')
      .getByText(/“.report\.md.” is again what it was on/)
      .waitFor()
    expect(called('restore')).toMatchObject([{ path: 'report.md', version: oldest!.version, to: null }])
    expect(await page.getByText('that is a version, too').count()).toBe(0)
    await page.getByRole('button', { name: 'Undo' }).click()
    await page
      .getByRole('status')
      .getByText(/“.report\.md.” is again what it was before\./)
      .waitFor()
    expect(called('restore')[1]).toMatchObject({ version: newest!.version })
    expect(all.versions('report.md')).toHaveLength(5)
  })

  it('undoes nothing that somebody has changed since, and says so', async ({ page, visit, backend, called }) => {
    const all = past(backend)
    const undo = async (): Promise<void> => await page.getByRole('button', { name: 'Undo' }).last().click()
    const told = async (path: string): Promise<void> =>
      await page.getByText(`${path}\u2069” was changed since, and stays as it is.`).waitFor()
    await open({ page, visit }, 'report.md', all.versions('report.md')[2]!)
    await page.getByRole('button', { name: 'Restore', exact: true }).click()
    await page.getByText(/is again what it was on/).waitFor()
    all.write('report.md', { ago: 0, content: 'of somebody else' })
    await undo()
    await told('report.md')
    expect(called('restore')).toHaveLength(2)
    await open({ page, visit }, 'letters/anna.txt', all.versions('letters/anna.txt')[0]!)
    await page.getByRole('button', { name: 'Bring it back' }).click()
    await page.getByText(/is again what it was on/).waitFor()
    all.write('letters/anna.txt', { ago: 0, content: 'of somebody else' })
    await undo()
    await told('letters/anna.txt')
    const version = all.versions('report.md')[1]!
    await open({ page, visit }, 'report.md', version)
    await page.getByRole('button', { name: 'Restore as copy' }).click()
    await page.getByText(/Written beside it/).waitFor()
    const copy = [...all.paths.keys()].at(-1)!
    all.write(copy, { ago: 0, content: 'of somebody else' })
    await undo()
    await told(copy)
    const paths = ['report.md', 'letters/anna.txt', copy]
    expect(paths.map((path) => all.versions(path)[0]!.cause)).toEqual(['edited', 'edited', 'edited'])
  })

  it('says of what was edited since that it stays', async ({ page, visit, backend }) => {
    const all = past(backend)
    await open({ page, visit }, 'report.md', all.versions('report.md')[2]!)
    await page.getByRole('button', { name: 'Restore', exact: true }).waitFor()
    all.write('report.md', { ago: 0, content: 'in the meantime' })
    await page.getByRole('button', { name: 'Restore', exact: true }).click()
    await page
      .getByRole('status')
      .getByText(/kitchen had changed it at .* that is a version, too, and stays\./)
      .waitFor()
  })

  it('brings back what was deleted, and undoing deletes it again', async ({ page, visit, backend, called }) => {
    const all = past(backend)
    await open({ page, visit }, 'letters/anna.txt', all.versions('letters/anna.txt')[0]!)
    await page.getByText('Dear Anna').waitFor()
    await page.getByRole('button', { name: 'Bring it back' }).click()
    await page.getByRole('button', { name: 'Undo' }).click()
    await page
      .getByRole('status')
      .getByText(/“.letters\/anna\.txt.” is gone again\./)
      .waitFor()
    expect(called('removeEntries')).toMatchObject([{ path: 'letters/anna.txt' }])
  })

  it('writes a copy where no disk has the files under a name that is free, and says what the daemon says', async ({
    page,
    visit,
    backend,
  }) => {
    const all = past(backend)
    const [folder] = backend.folderList
    backend.folderList = [{ ...folder!, path: null }]
    backend.announce({ event: 'resync', data: {} })
    const version = all.versions('report.md')[1]!
    await open({ page, visit }, 'report.md', version)
    const copy = page.getByRole('button', { name: 'Restore as copy' })
    const puts: string[] = []
    backend.writeContent = async ({ path }) => {
      if (puts.push(path) === 2) throw new HoldfastError('full', 'the disk is full', { hint: 'make room' })
      all.write(path, { ago: 0, content: 'a copy' })
      return { path, version: all.versions(path)[0]!.version, bytes: 6 }
    }
    await copy.click()
    await page
      .getByRole('status')
      .getByText(/Written beside it/)
      .waitFor()
    await copy.click()
    await page.getByRole('alert').getByText('The disk is full. Make room.').waitFor()
    expect(new Set(puts).size).toBe(2)
  })

  it('writes a copy beside the file, saves it elsewhere, and pins it', async ({ page, visit, backend, called }) => {
    const all = past(backend)
    const version = all.versions('report.md')[1]!
    await open({ page, visit }, 'report.md', version)
    await page.getByRole('button', { name: 'Restore as copy' }).click()
    await page
      .getByRole('status')
      .getByText(/Written beside it: “.report \(desk, /)
      .waitFor()
    expect((called('restore')[0] as { to: string }).to).toMatch(/^\/home\/me\/photos\/report \(desk, [\d-]+ [\d.]+\)\.md$/)
    const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Save to' }).click()])
    expect(download.suggestedFilename()).toBe('report.md')
    expect(await readFile(await download.path(), 'utf8')).toBe(report(2))
    await page.getByRole('button', { name: 'Pin', exact: true }).click()
    await page.getByRole('button', { name: 'Unpin' }).waitFor()
    expect(called('pin')).toMatchObject([{ version: version.version }])
  })

  it('compares texts beside each other, below each other where it is narrow, and with any version', async ({
    page,
    visit,
    backend,
  }) => {
    const all = past(backend)
    await open({ page, visit }, 'report.md', all.versions('report.md')[0]!)
    await page.getByRole('button', { name: 'Compare' }).click()
    const marked = async (name: string): Promise<string[]> => await page.locator(`.diff ${name}`).allInnerTexts()
    await page.locator('.diff.beside ins').waitFor()
    expect([await marked('del'), await marked('ins')]).toEqual([['2'], ['3']])
    await page.getByRole('button', { name: '17 lines are the same' }).click()
    await eventually(() => page.locator('.diff tbody tr').count()).toBe(23)
    await page.getByLabel('Compared with').selectOption(all.versions('report.md')[2]!.version)
    await eventually(() => marked('del')).toEqual(['1'])
    await page.setViewportSize({ width: 400, height: 800 })
    await page.locator('.diff:not(.beside) ins').waitFor()
    await eventually(() => page.evaluate('document.documentElement.scrollWidth')).toBe(400)
  })

  it('says what restoring a folder would do before it does it, leaves out what cannot be had, and undoes it', async ({
    page,
    go,
    backend,
    called,
  }) => {
    past(backend)
    const { restoreMoment } = backend
    backend.restoreMoment = async (input, signal) => {
      backend.announce({ event: 'progress', data: { command: 'snapshot restore', done: 1, total: 4, unit: 'bytes' } })
      return { ...(await restoreMoment(input, signal)), missing: ['big.iso'], missingEntries: 3, missingBytes: 5e9 }
    }
    await go('History')
    await page.getByRole('button', { name: 'Restore folder to' }).click()
    const dialog = page.getByRole('dialog', { name: 'Restore photos' })
    await dialog.getByText('1 entry is written, 8 B').waitFor()
    await dialog.getByText('1 entry is deleted').click()
    await dialog.getByText('new.txt').waitFor()
    await dialog.getByText('The content of 3 entries cannot be had now, 5 GB').click()
    await dialog.getByText('and 2 more').waitFor()
    const restore = dialog.getByRole('button', { name: 'Restore', exact: true })
    expect(await restore.isDisabled()).toBe(true)
    await dialog.getByLabel('To what it was at').fill('2026-01-02T03:04:05')
    await dialog.getByRole('checkbox').check()
    await restore.click()
    await dialog.waitFor({ state: 'detached' })
    await page.getByRole('button', { name: 'Undo' }).click()
    await page.getByRole('status').getByText('photos is again what it was before.').waitFor()
    const asked = called('restoreMoment') as { at: string; dryRun: boolean; partial: boolean }[]
    expect(asked.filter(({ dryRun }) => !dryRun)).toMatchObject([
      { at: new Date(Date.parse('2026-01-02T03:04:05') + 999).toISOString(), partial: true },
      { partial: false },
    ])
    expect(Date.now() - Date.parse(asked.at(-1)!.at)).toBeLessThan(20_000)
  })

  it('takes snapshots, restores them and gives them up', async ({ page, go, backend }) => {
    past(backend)
    await go('History')
    await page.getByRole('button', { name: 'Snapshots' }).click()
    const dialog = page.getByRole('dialog', { name: 'Snapshots of photos' })
    await dialog.getByLabel('Name').fill('before')
    const gate = Promise.withResolvers<undefined>()
    await page.route('**/snapshots', async (route) => {
      if (route.request().method() === 'POST') await gate.promise
      await route.continue()
    })
    await dialog.getByRole('button', { name: 'Take a snapshot' }).click()
    await dialog.getByRole('status').getByText('the folder is looked through for changes first').waitFor()
    gate.resolve(undefined)
    await dialog.getByRole('alert').getByText('photos has a snapshot "before" already').waitFor()
    await page.unroute('**/snapshots')
    expect(await dialog.getByLabel('Name').inputValue()).toBe('before')
    await dialog.locator('[data-snapshot="before"]').getByRole('button', { name: 'Restore' }).click()
    await page.getByRole('dialog', { name: 'Restore photos' }).getByText('To what the snapshot “before” shows.').waitFor()
    await page.getByRole('dialog').getByRole('button', { name: 'Restore', exact: true }).click()
    await page.getByRole('status').getByText('photos is restored: 1 entry written, 1 deleted.').waitFor()
  })

  it('can be used by all, and in German', async ({ page, visit, backend }) => {
    const all = past(backend)
    await open({ page, visit }, 'report.md', all.versions('report.md')[1]!)
    await page.getByText('quiet on day 2').waitFor()
    expect(await faultsOf(page)).toEqual([])
    await page.getByRole('button', { name: 'Compare' }).click()
    await page.locator('.diff ins').waitFor()
    expect(await faultsOf(page)).toEqual([])
    await page.evaluate(`localStorage.setItem('holdfast.locale', 'de')`)
    await page.reload()
    await page.getByRole('button', { name: 'Wiederherstellen', exact: true }).waitFor()
  })
})
