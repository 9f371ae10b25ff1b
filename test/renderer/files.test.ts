import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import type { Page } from 'playwright-core'
import { describe, expect } from 'vitest'
import { eventually } from '../api/eventually.ts'
import { folderStatus } from '../api/memory-backend.ts'
import { PHOTOS } from './files-backend.ts'
import { itOfFiles } from './files-page.ts'
import { hasBrowser } from './open-page.ts'

const TREE = ['2024/', '2024/summer/', '2024/summer/beach.jpg', 'a2.jpg', 'a10.jpg', 'notes.txt', 'zebra.txt']

const it = itOfFiles(TREE)

const names = (page: Page): Promise<string[]> => page.locator('.grid-body [data-column="name"]').allTextContents()
const chosen = (page: Page): Promise<string[]> =>
  page.locator('.grid-body [aria-selected="true"] [data-column="name"]').allTextContents()

describe.skipIf(!hasBrowser)('the page, of files,', () => {
  it('shows what is in a folder, opens directories and goes back by the breadcrumb and by Back', async ({
    page,
    look,
    row,
    heard,
  }) => {
    await look()
    await row('a10.jpg').waitFor()
    expect(await names(page)).toEqual(['2024', 'a2.jpg', 'a10.jpg', 'notes.txt', 'zebra.txt'])
    await page.getByRole('link', { name: '2024', exact: true }).click()
    await page.getByRole('link', { name: 'summer', exact: true }).click()
    await row('beach.jpg').getByText('On this device').waitFor()
    await page.getByRole('heading', { name: 'summer' }).waitFor()
    await page.getByRole('navigation', { name: 'Where you are' }).getByRole('link', { name: '2024' }).click()
    await row('summer').waitFor()
    await page.goBack()
    await row('beach.jpg').waitFor()
    expect(heard).toEqual([])
  })

  it('lets somebody choose a folder first, and opens the last one after that', async ({ page, backend, look, row, go }) => {
    await look('&choose=yes')
    await row('a2.jpg').waitFor()
    backend.folderList = [...backend.folderList, folderStatus('letters', 'u'.repeat(26))]
    await page.evaluate('localStorage.clear()')
    await page.reload()
    await page.getByRole('link', { name: 'Choose a folder' }).click()
    await page.getByRole('link', { name: /letters/ }).waitFor()
    await page.getByRole('link', { name: /photos/ }).click()
    await row('a2.jpg').waitFor()
    await go('Health')
    await go('Files')
    await row('a2.jpg').waitFor()
  })

  it('is used by the keyboard: arrows, typing, Enter, Backspace, ranges, and the checkboxes with Space', async ({
    page,
    look,
    grid,
    row,
  }) => {
    await look()
    await row('a2.jpg').waitFor()
    await grid.focus()
    await page.keyboard.press('End')
    await eventually(() => chosen(page)).toEqual(['zebra.txt'])
    await page.keyboard.type('a1')
    await eventually(() => chosen(page)).toEqual(['a10.jpg'])
    await page.keyboard.press('Shift+ArrowDown')
    await eventually(() => chosen(page)).toEqual(['a10.jpg', 'notes.txt'])
    await page.keyboard.press('Control+End')
    await page.keyboard.press('Space')
    await eventually(() => chosen(page)).toEqual(['a10.jpg', 'notes.txt', 'zebra.txt'])
    await page.keyboard.press('Home')
    await page.keyboard.press('Enter')
    await row('summer').waitFor()
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Enter')
    await row('beach.jpg').waitFor()
    await page.keyboard.press('Backspace')
    await eventually(() => chosen(page)).toEqual(['summer'])
    await page.keyboard.press('Backspace')
    await eventually(() => chosen(page)).toEqual(['2024'])
  })

  it('puts entries in order by a column, and chooses several with the pointer', async ({ page, look, row }) => {
    await look()
    await row('a2.jpg').waitFor()
    await page.getByRole('button', { name: 'Size' }).click()
    await page.getByRole('button', { name: 'Size' }).click()
    await eventually(() => page.getByRole('columnheader', { name: 'Size' }).getAttribute('aria-sort')).toBe('descending')
    expect((await names(page)).slice(0, 2)).toEqual(['2024', 'notes.txt'])
    await row('a2.jpg').click()
    await page.getByRole('checkbox', { name: 'Choose notes.txt' }).click()
    await row('zebra.txt').click({ modifiers: ['ControlOrMeta'] })
    await eventually(async () => (await chosen(page)).toSorted()).toEqual(['a2.jpg', 'notes.txt', 'zebra.txt'])
    await page.getByRole('complementary', { name: 'Details' }).getByText('3 entries chosen').waitFor()
  })

  it('deletes after asking, and brings it back', async ({ page, look, row, grid, files, called }) => {
    await look()
    await row('a2.jpg').click()
    await row('notes.txt').click({ modifiers: ['Shift'] })
    await grid.press('Delete')
    await page.getByRole('dialog', { name: 'Delete 3 entries?' }).getByRole('button', { name: 'Cancel' }).click()
    expect(called('removeEntries')).toEqual([])
    await grid.press('Delete')
    await eventually(() => page.evaluate('document.activeElement.textContent')).toBe('Delete')
    await page.keyboard.press('Enter')
    await page.getByText('3 entries are deleted.').waitFor()
    await row('a10.jpg').waitFor({ state: 'detached' })
    expect(files.paths.filter((path) => !path.startsWith('2024'))).toEqual(['zebra.txt'])
    await page.getByRole('button', { name: 'Undo' }).click()
    await eventually(() => files.text('a10.jpg')).toBe('content of a10.jpg')
    await eventually(() => files.paths.length).toBe(TREE.length)
  })

  it('tells who has an entry and why others do not, and leads to its versions', async ({ page, look, row }) => {
    await look()
    await row('notes.txt').click()
    const details = page.getByRole('complementary', { name: 'Details' })
    await details.getByText('It is the same on all devices.').waitFor()
    await details.getByText('does not have it yet · not connected').waitFor()
    expect(await details.getByRole('link', { name: '1 version' }).getAttribute('href')).toBe(
      `/history?folder=${PHOTOS}&path=notes.txt`,
    )
    const download = page.waitForEvent('download')
    await details.getByRole('link', { name: 'Download' }).click()
    expect((await download).suggestedFilename()).toBe('notes.txt')
  })

  it('shows the past, says so, restores out of it with Undo, and leads back', async ({
    page,
    look,
    row,
    files,
    called,
    grid,
  }) => {
    files.earlier = ['a2.jpg', 'notes.txt']
    await look()
    await row('zebra.txt').waitFor()
    await page.getByRole('button', { name: 'As of' }).click()
    await page.getByLabel('Date and time').fill('2026-01-02T03:04:05')
    await page.getByRole('button', { name: 'Show', exact: true }).click()
    await page.getByRole('status').getByText('As it was on').waitFor()
    await row('zebra.txt').waitFor({ state: 'detached' })
    expect(await page.getByRole('button', { name: 'Add files' }).count()).toBe(0)
    await row('a2.jpg').click()
    await page.getByRole('button', { name: 'Restore 1 entry' }).click()
    await page.getByText(/a2\.jpg. is restored\./).waitFor()
    const at = new Date(2026, 0, 2, 3, 4, 5).toISOString()
    expect(called('restoreMoment')).toMatchObject([{ folder: PHOTOS, path: 'a2.jpg', at }])
    await page.getByRole('button', { name: 'Undo' }).click()
    await eventually(() => called('restoreMoment').length).toBe(2)
    await grid.press('Delete')
    expect(await page.getByRole('dialog').count()).toBe(0)
    await page.getByRole('button', { name: 'Back to now' }).click()
    await row('zebra.txt').waitFor()
  })

  it('shows what was deleted where that is wanted, and restores it', async ({ page, backend, look, row, files }) => {
    await backend.removeEntries({ folder: PHOTOS, path: 'notes.txt', recursive: false }, AbortSignal.any([]))
    await look()
    await row('a2.jpg').waitFor()
    expect(await row('notes.txt').count()).toBe(0)
    await page.getByLabel('Show deleted').check()
    await row('notes.txt').getByText('Deleted').waitFor()
    await row('notes.txt').click()
    await page.getByRole('button', { name: 'Restore' }).click()
    await page.getByText(/notes\.txt. is restored\./).waitFor()
    expect(files.text('notes.txt')).toBe('content of notes.txt')
    await page.getByRole('button', { name: 'Undo' }).click()
    await eventually(() => files.text('notes.txt')).toBeUndefined()
  })

  it('finds by a word, and opens where it is', async ({ page, look, row, grid, called }) => {
    await look()
    await row('a2.jpg').waitFor()
    await grid.focus()
    await page.keyboard.press('/')
    await page.keyboard.type('report')
    await page.getByText('2 found').waitFor()
    expect(called('search').at(-1)).toMatchObject({ query: 'report', folder: PHOTOS })
    await page.keyboard.press('Enter')
    await page.keyboard.press('ArrowDown')
    await eventually(() => page.evaluate('document.activeElement.textContent')).toContain('report-old.md')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'letters' }).waitFor()
    expect(new URL(page.url()).searchParams.get('entry')).toBe('report-old.md')
    await eventually(() => page.getByRole('searchbox').inputValue()).toBe('')
  })

  it('shows hostile names as text: nothing runs, turns around, breaks a line or leaves its place', async ({
    page,
    files,
    look,
    row,
    heard,
  }) => {
    const markup = `<img src=x onerror="document.title='caught'">`
    for (const name of [markup, 'evil\u202Egpj.exe', 'two\nlines', 'x'.repeat(250)]) files.put(name, 'file')
    await look()
    await row('evil⟨U+202E⟩gpj.exe').waitFor()
    await row(markup).click()
    await row('two␊lines').waitFor()
    await page.getByRole('complementary').getByRole('heading', { name: markup }).waitFor()
    const heights = await page
      .locator('.grid-body .grid-row')
      .evaluateAll((rows) => rows.map((each) => (each as unknown as { clientHeight: number }).clientHeight))
    expect(new Set(heights).size).toBe(1)
    expect(await page.title()).toBe('desk – Holdfast')
    await page.setViewportSize({ width: 360, height: 800 })
    await eventually(() => page.evaluate('document.documentElement.scrollWidth')).toBe(360)
    expect(heard).toEqual([])
  })

  it('is shown anew when something comes, at most once a second, and keeps what is chosen and where one is', async ({
    page,
    backend,
    files,
    look,
    row,
    grid,
    called,
  }) => {
    for (let number = 0; number < 200; number++) files.put(`img-${number}.jpg`, 'file')
    await look()
    await row('img-0.jpg').waitFor()
    await grid.press('End')
    await grid.press('PageUp')
    const [before] = await chosen(page)
    const topOf = (): Promise<number | undefined> =>
      row(before!)
        .boundingBox()
        .then((box) => box?.y)
    const top = await topOf()
    const asked = called('list').length
    for (let number = 0; number < 30; number++) files.put(`b-${number}.jpg`, 'file')
    for (let number = 4; number < 34; number++)
      backend.announce({ event: 'activity', data: { ...backend.activityList[0]!, number, path: `b-${number}.jpg` } })
    await eventually(() => grid.getAttribute('aria-rowcount')).toBe(String(5 + 200 + 30 + 1))
    expect([await chosen(page), await topOf()]).toEqual([[before], top])
    expect(called('list').length).toBe(asked + 2)
  })

  it('says what is wrong with a place that is not there, and keeps the way out', async ({ page, backend, look }) => {
    backend.list = () => Promise.reject(new Error('gone'))
    await look('&path=nowhere')
    await page.getByRole('alert').waitFor()
    await page.getByRole('navigation', { name: 'Where you are' }).getByRole('link', { name: 'photos' }).waitFor()
  })

  it('has nothing that axe complains about, with something chosen as well as asked', async ({ page, look, row, grid }) => {
    await look()
    await row('a2.jpg').click()
    await page.getByText('It is the same on all devices.').waitFor()
    const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
    await page.evaluate(axe)
    const found = (): Promise<unknown> =>
      page.evaluate(
        'axe.run().then(({ violations }) => violations.map(({ id, nodes }) => [id, nodes[0].html, nodes[0].failureSummary]))',
      )
    expect(await found()).toEqual([])
    await grid.press('Delete')
    await page.getByRole('dialog').waitFor()
    expect(await found()).toEqual([])
  })
})
