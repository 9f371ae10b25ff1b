import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, BrowserContext, Locator, Page } from 'playwright-core'
import { test } from 'vitest'
import { MemoryBackend } from '../api/memory-backend.ts'
import type { RunningServer } from '../api/running-server.ts'
import { hasBrowser, openBrowser } from './browser.ts'
import { newContext, newPage, serverFor, Stage, withBuiltPage } from './stage.ts'

export { hasBrowser }

if (!hasBrowser) console.warn('The tests of the page are skipped: there is no Chromium here.')

export interface OpenPage {
  /** For this test file. */
  directory: string
  /** Where the built page is: what was built, or else it is made once, as the browser is. */
  ui: string
  browser: Browser
  stage: Stage
  /** Whether a test has a server and a context of its own, opened by the link, to do with what it likes. */
  isAlone: boolean
  /** Where the page is opened first. */
  first: string
  backend: MemoryBackend
  running: RunningServer
  context: BrowserContext
  /** What the page complains about. */
  heard: string[]
  /** Open, and shown. */
  page: Page
  /** Opens a place by its name in the navigation. */
  go: (place: string) => Promise<void>
  /** Opens a place by its path, without loading the page anew. */
  visit: (path: string) => Promise<void>
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
  // oxlint-disable-next-line no-empty-pattern -- as above
  ui: [async ({}, use) => await withBuiltPage(use), { scope: 'worker' }],
  browser: [
    // oxlint-disable-next-line no-empty-pattern -- as above
    async ({}, use) => {
      const browser = await openBrowser()
      await use(browser)
      await browser.close()
    },
    { scope: 'worker' },
  ],
  stage: [
    async ({ browser, ui }, use) => {
      const stage = await Stage.begin(browser, ui)
      await use(stage)
      await stage.end()
    },
    { scope: 'worker' },
  ],
  isAlone: false,
  first: '/',
  // oxlint-disable-next-line no-empty-pattern -- as above
  backend: async ({}, use) => use(new MemoryBackend()),
  running: async ({ stage, ui, isAlone, backend }, use) => {
    if (!isAlone) return await use(stage.serve(backend))
    const running = await serverFor(backend, ui)
    await use(running)
    await running.close()
  },
  context: async ({ stage, browser, isAlone, task }, use) => {
    const context = isAlone ? await newContext(browser) : await stage.context()
    await use(context)
    if (isAlone) await context.close()
    else await stage.clear(task.result?.state === 'fail')
  },
  // oxlint-disable-next-line no-empty-pattern -- as above
  heard: async ({}, use) => use([]),
  page: async ({ stage, context, isAlone, first, running, heard }, use) => {
    const page = isAlone ? await newPage(context, heard) : await stage.page(first, heard)
    if (isAlone) await page.goto(running.server.launchUrl())
    await page.getByRole('heading', { name: 'desk' }).waitFor()
    await use(page)
  },
  go: async ({ page }, use) =>
    use((place) => page.getByRole('navigation').getByRole('link', { name: place, exact: true }).click()),
  visit: async ({ page }, use) => use((path) => page.evaluate(`history.pushState(null, '', ${JSON.stringify(path)})`)),
  card: async ({ page }, use) => use((name) => page.locator(`[data-folder="${name}"]`)),
  called: async ({ backend }, use) => use((name) => backend.calls.filter((call) => call.name === name).map(({ input }) => input)),
})

/** The same where a test stops the server, closes the page, or puts something into it before it is opened. */
export const itAlone = it.extend({ isAlone: true })
