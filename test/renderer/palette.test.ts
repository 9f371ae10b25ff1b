import { describe, expect, test } from 'vitest'
import { eventually } from '../api/eventually.ts'
import { fuzzy } from '../../renderer/palette/fuzzy.ts'
import { ShortcutKeys } from '../../renderer/palette/shortcut-keys.ts'
import { hasBrowser, it } from './open-page.ts'

test.each([
  ['Go to Folders', 'fold', true],
  ['Go to Folders', 'gf', true],
  ['Geräte hinzufügen', 'gerate', true],
  ['Pause all folders', 'FOLDERS pause', true],
  ['Pause all folders', 'pause x', false],
  ['Look for changes in photos now', 'lkphw', false],
])('%s fits %s: %s', (title, typed, fits) => {
  expect(fuzzy(title, typed) !== undefined).toBe(fits)
})

test('what begins words fits better than what is inside of them', () => {
  const of = (title: string): number => fuzzy(title, 'pa')!
  expect(of('Pause all')).toBeGreaterThan(of('Compare'))
  expect(of('Pause all')).toBeGreaterThan(of('Pause all folders'))
})

test('g and a letter go to a place if they come together', () => {
  const keys = new ShortcutKeys()
  const press = (key: string, timeStamp: number, more = {}) =>
    keys.read({ key, timeStamp, ctrlKey: false, metaKey: false, altKey: false, ...more })
  expect([press('g', 0), press('h', 1_000)]).toEqual(['more', { to: '/history' }])
  expect([press('g', 2_000), press('h', 4_000)]).toEqual(['more', undefined])
  expect([press('g', 5_000), press('x', 5_100), press('h', 5_200)]).toEqual(['more', undefined, undefined])
  expect(press('k', 6_000, { metaKey: true })).toBe('palette')
  expect(press('/', 7_000, { altKey: true })).toBeUndefined()
})

describe.skipIf(!hasBrowser)('the palette', () => {
  it('finds commands and files by a few letters, and goes there by keys alone', async ({ page, card, heard, called }) => {
    await card('photos').waitFor()
    await page.keyboard.press('Control+k')
    const field = page.getByRole('combobox')
    const chosen = page.getByRole('option', { selected: true })
    await field.waitFor()
    expect(await chosen.innerText()).toContain('Go to Folders')
    await page.keyboard.insertText('report')
    await page.getByRole('option', { name: 'report-old.md' }).waitFor()
    expect(called('search')).toEqual([{ query: 'report', deleted: false, limit: 20 }])
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('ArrowUp')
    expect(await field.getAttribute('aria-activedescendant')).toBe(await chosen.getAttribute('id'))
    expect(await chosen.innerText()).toContain('report-old.md')
    await page.keyboard.press('Enter')
    await page.waitForURL(/\/files\?/)
    const { searchParams } = new URL(page.url())
    expect(Object.fromEntries(searchParams)).toEqual({ folder: 'a'.repeat(26), path: 'letters', entry: 'report-old.md' })
    await field.waitFor({ state: 'detached' })
    expect(heard).toEqual([])
  })

  it('does what it names, says so, and lets it be undone', async ({ page, card, called }) => {
    await card('photos').waitFor()
    await page.getByRole('button', { name: 'Search' }).first().click()
    await page.getByRole('combobox').waitFor()
    await page.keyboard.insertText('pause photos')
    await page.keyboard.press('Enter')
    await card('photos').getByText('Paused', { exact: true }).waitFor()
    expect(called('pauseFolder')).toEqual([{ folder: 'a'.repeat(26), forSeconds: null }])
    await page.getByRole('button', { name: 'Undo' }).click()
    await card('photos').getByText('Up to date').waitFor()
    await page.keyboard.press('Control+k')
    await page.getByRole('combobox').fill('add folder')
    await page.keyboard.press('Enter')
    await page.waitForURL(/\?share=/)
  })

  it('keeps what is typed before its field is there', async ({ page, card }) => {
    await card('photos').waitFor()
    let answer = (): void => undefined
    const waits = new Promise<void>((resolve) => (answer = resolve))
    await page.context().route('**/palette-*.js', async (route) => {
      await waits
      await route.continue()
    })
    await page.keyboard.type('/my rex')
    await page.keyboard.press('Backspace')
    await page.keyboard.type('port')
    answer()
    await eventually(() => page.getByRole('combobox').inputValue()).toBe('my report')
    await page.keyboard.type('.md')
    expect(await page.getByRole('combobox').inputValue()).toBe('my report.md')
    await page.keyboard.press('Escape')
    await page.getByRole('combobox').waitFor({ state: 'detached' })
    await page.keyboard.press('/')
    await eventually(() => page.getByRole('combobox').inputValue()).toBe('')
  })

  it('is left by Escape, or by the key that opened it, to where one was', async ({ page, card }) => {
    await card('photos').waitFor()
    const places = page.getByRole('navigation').getByRole('link')
    await places.nth(3).focus()
    for (const key of ['Escape', 'Control+k']) {
      await page.keyboard.press('Control+k')
      await page.getByRole('combobox').waitFor()
      await page.keyboard.press(key)
      await page.getByRole('combobox').waitFor({ state: 'detached' })
      await eventually(() => page.evaluate('document.activeElement.pathname')).toBe('/peers')
    }
  })

  it('opens for a search by a slash, shows all shortcuts, and leaves typing alone', async ({ page, card }) => {
    await card('photos').waitFor()
    await page.keyboard.press('/')
    await page.getByRole('combobox', { name: 'Search files in all folders' }).waitFor()
    await page.keyboard.type('/?g')
    expect(await page.getByRole('combobox').inputValue()).toBe('/?g')
    await page.keyboard.press('Escape')
    await page.keyboard.press('?')
    await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    await page.keyboard.press('g')
    await page.keyboard.press('s')
    await page.getByRole('heading', { name: 'Settings' }).waitFor()
    await page.evaluate(`document.querySelector('main').append(document.createElement('input'))`)
    await page.locator('main > input').focus()
    await page.keyboard.type('g/?f')
    expect(await page.locator('main > input').inputValue()).toBe('g/?f')
    await page.evaluate(`document.querySelector('main > input').type = 'search'`)
    await page.locator('#content').focus()
    await page.keyboard.press('/')
    await eventually(() => page.evaluate('document.activeElement.type')).toBe('search')
    expect(new URL(page.url()).pathname).toBe('/settings')
  })
})
