import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect } from 'vitest'
import { eventually } from '../api/eventually.ts'
import { hasBrowser, it, itAlone } from './open-page.ts'

/** Of JavaScript, gzip. */
const MOST_AT_FIRST = 220_000
const MOST_IN_ALL = 350_000

describe.skipIf(!hasBrowser)('the frame', () => {
  it('opens each place by its path, says which it is, and goes back', async ({ page, running, go, card, heard }) => {
    await card('photos').waitFor()
    await go('Health')
    await page.getByRole('heading', { name: 'Activity' }).waitFor()
    expect(new URL(page.url()).pathname).toBe('/health')
    const here = page.locator('[aria-current="page"]')
    expect(await here.innerText()).toBe('Health')
    await page.goBack()
    await card('photos').waitFor()
    await page.goto(`${running.server.url}/peers`)
    await page.getByRole('heading', { name: 'Devices' }).waitFor()
    await page.goto(`${running.server.url}/nowhere`)
    await page.getByText('There is nothing here').waitFor()
    expect(heard).toEqual([])
  })

  it('is gone through by keys, and begins anew with each screen', async ({ page, card }) => {
    await card('photos').waitFor()
    for (let step = 1; step <= 6; step++) await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'Devices' }).waitFor()
    await eventually(() => page.evaluate('document.activeElement.id')).toBe('content')
  })

  it('loads a screen when it is first opened, and little before', async ({ page, ui, running, go, card }) => {
    await card('photos').waitFor()
    const size = (name: string): number => gzipSync(readFileSync(join(ui, name))).length
    const loaded = async (): Promise<string[]> =>
      await page.evaluate(`performance.getEntriesByType('resource').map(({ name }) => new URL(name).pathname.slice(1))`)
    const first = (await loaded()).filter((name) => name.endsWith('.js'))
    expect(first).toContain('main.js')
    expect(first.some((name) => name.startsWith('peers'))).toBe(false)
    expect(first.reduce((sum, name) => sum + size(name), 0)).toBeLessThan(MOST_AT_FIRST)
    await go('Devices')
    await page.getByRole('heading', { name: 'Devices' }).waitFor()
    expect((await loaded()).some((name) => name.startsWith('peers'))).toBe(true)
    const all = readdirSync(ui).filter((name) => name.endsWith('.js'))
    expect(all.reduce((sum, name) => sum + size(name), 0)).toBeLessThan(MOST_IN_ALL)
    const missing = await page.request.get(`${running.server.url}/missing.js`)
    expect(missing.status()).toBe(404)
  })

  it('pauses all folders for a time, and lets them go on', async ({ page, card, called }) => {
    await card('photos').waitFor()
    await page.getByText('Pause all').click()
    await page.getByRole('button', { name: 'for 1 hour' }).click()
    await card('photos').getByText('Paused', { exact: true }).waitFor()
    expect(called('pauseFolder')).toEqual([{ folder: 'a'.repeat(26), forSeconds: 3_600 }])
    await page.getByRole('button', { name: 'Resume all' }).click()
    await card('photos').getByText('Up to date').waitFor()
    await page.getByText('Pause all').click()
    await page.getByRole('button', { name: 'until resumed' }).waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('button', { name: 'until resumed' }).waitFor({ state: 'hidden' })
  })

  it('goes on with a screen that could not be loaded once the daemon answers', async ({ page, go, context, heard }) => {
    const away = /\/peers-.*\.js$|\/api\/v1\/health/
    await context.route(away, (route) => route.abort())
    await go('Devices')
    await page.waitForTimeout(300)
    await page.getByRole('heading', { name: 'desk' }).waitFor()
    await context.unroute(away)
    await page.getByRole('heading', { name: 'Devices' }).waitFor()
    expect(heard.every((line) => line.includes('ERR_FAILED'))).toBe(true)
  })

  it('speaks the language of the browser, as far as it can, or the one that was chosen', async ({ browser, running }) => {
    for (const [locale, lang, places, settings] of [
      ['de-DE', 'de', ['Ordner', 'Dateien'], 'Einstellungen'],
      ['fr-FR', 'en', ['Folders', 'Files'], 'Settings'],
    ] as const) {
      const context = await browser.newContext({ locale })
      const page = await context.newPage()
      await page.goto(running.server.launchUrl())
      const links = page.getByRole('navigation').getByRole('link')
      await links.first().waitFor()
      expect((await links.allInnerTexts()).slice(0, 2)).toEqual(places)
      const language = async (): Promise<unknown> => await page.evaluate('document.documentElement.lang')
      expect(await language()).toBe(lang)
      await page.getByRole('link', { name: settings }).click()
      await page.getByRole('combobox').selectOption(lang === 'de' ? 'en' : 'de')
      await page.getByRole('heading', { name: lang === 'de' ? 'Settings' : 'Einstellungen' }).waitFor()
      expect(await language()).not.toBe(lang)
      await context.close()
    }
  })

  it('can be tried with longer texts, and from right to left', async ({ page, card }) => {
    await card('photos').waitFor()
    for (const [locale, name, direction] of [
      ['en-XA', 'Fóóldéérš', 'ltr'],
      ['ar-XB', '\u202EFolders\u202C', 'rtl'],
    ] as const) {
      await page.evaluate(`localStorage.setItem('holdfast.locale', '${locale}')`)
      await page.reload()
      await page.getByRole('navigation').getByRole('link', { name }).waitFor()
      expect(await page.evaluate('document.documentElement.dir')).toBe(direction)
      await page.setViewportSize({ width: 400, height: 700 })
      await eventually(() => page.evaluate('document.documentElement.scrollWidth')).toBe(400)
    }
  })

  itAlone('goes, in the desktop shell, to the place that the app is opened for', async ({ context, running }) => {
    await context.addInitScript('window.holdfast = { onOpen: (listener) => { window.openAt = listener } }')
    const page = await context.newPage()
    await page.goto(running.server.launchUrl())
    await page.getByRole('navigation').waitFor()
    await page.evaluate(`openAt('/peers?join=hf1abc')`)
    const here = page.locator('[aria-current="page"]')
    await here.filter({ hasText: 'Devices' }).waitFor()
    expect(await page.evaluate('location.pathname + location.search')).toBe('/peers?join=hf1abc')
  })
})
