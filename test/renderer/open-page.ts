import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, BrowserContext, Locator, Page } from 'playwright-core'
import { test } from 'vitest'
import { isFresh } from '../../scripts/freshness.mjs'
import { buildPage } from '../../scripts/page-build.ts'
import { MemoryBackend } from '../api/memory-backend.ts'
import { startServer, type RunningServer } from '../api/running-server.ts'
import { complaints, hasBrowser, openBrowser } from './browser.ts'

export { hasBrowser }

const CHECKOUT = join(import.meta.dirname, '../..')

if (!hasBrowser) console.warn('The tests of the page are skipped: there is no Chromium here.')

export interface OpenPage {
  /** For this test file. */
  directory: string
  /** Where the built page is: what was built, or else it is made once for a test file, as the browser is. */
  ui: string
  browser: Browser
  backend: MemoryBackend
  running: RunningServer
  context: BrowserContext
  /** What the page complains about. */
  heard: string[]
  /** Open, and shown. */
  page: Page
  /** Opens a place by its name in the navigation. */
  go: (place: string) => Promise<void>
  /** The card of a folder. */
  card: (name: string) => Locator
  /** What an operation of the backend was called with, each time. */
  called: (name: string) => unknown[]
}

/** A test of the page: a real server before a backend in memory, and a real browser. */
export const it = test.extend<OpenPage>({
  directory: [
    // oxlint-disable-next-line no-empty-pattern -- vitest reads what a fixture needs out of its pattern
    async ({}, use) => {
      const directory = await mkdtemp(join(tmpdir(), 'holdfast-page-'))
      await use(directory)
      await rm(directory, { recursive: true, force: true })
    },
    { scope: 'file' },
  ],
  ui: [
    async ({ directory }, use) => {
      if (isFresh(CHECKOUT)) return await use(join(CHECKOUT, 'dist/ui'))
      await buildPage(join(directory, 'ui'))
      await use(join(directory, 'ui'))
    },
    { scope: 'file' },
  ],
  browser: [
    // oxlint-disable-next-line no-empty-pattern -- as above
    async ({}, use) => {
      const browser = await openBrowser()
      await use(browser)
      await browser.close()
    },
    { scope: 'worker' },
  ],
  // oxlint-disable-next-line no-empty-pattern -- as above
  backend: async ({}, use) => use(new MemoryBackend()),
  running: async ({ ui, backend }, use) => {
    const running = await startServer({ uiDirectory: ui }, backend)
    await use(running)
    await running.close()
  },
  context: async ({ browser }, use) => {
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 } })
    await use(context)
    await context.close()
  },
  // oxlint-disable-next-line no-empty-pattern -- as above
  heard: async ({}, use) => use([]),
  page: async ({ context, running, heard }, use) => {
    const page = await context.newPage()
    page.setDefaultTimeout(15_000)
    complaints(page, heard)
    await page.goto(running.server.launchUrl())
    await page.getByRole('heading', { name: 'desk' }).waitFor()
    await use(page)
  },
  go: async ({ page }, use) =>
    use((place) => page.getByRole('navigation').getByRole('link', { name: place, exact: true }).click()),
  card: async ({ page }, use) => use((name) => page.locator(`[data-folder="${name}"]`)),
  called: async ({ backend }, use) => use((name) => backend.calls.filter((call) => call.name === name).map(({ input }) => input)),
})
