import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import type { Backend } from '#api'
import { isFresh } from '../../scripts/freshness.mjs'
import { buildPage } from '../../scripts/page-build.ts'
import { MemoryBackend } from '../api/memory-backend.ts'
import { startServer, type RunningServer } from '../api/running-server.ts'
import { complaints } from './browser.ts'

const CHECKOUT = join(import.meta.dirname, '../..')
const VIEWPORT = { width: 1280, height: 800 }
/** How a page can be listened to by a test, which is not to hear what the next one does. */
const EVENTS = [
  'request',
  'requestfailed',
  'requestfinished',
  'response',
  'load',
  'console',
  'pageerror',
  'popup',
  'download',
] as const

/** Leaves what the page is, in its own process: another one would have to read all scripts again. What it has kept goes with it. */
const LEAVE = `{
  Storage.prototype.setItem = () => undefined
  localStorage.clear()
  sessionStorage.clear()
  location.replace('about:blank')
}`

/** SLOW=1 makes the daemon's answers late by chance, and the page's processor slow: what a test does not wait for is then not there. */
const IS_SLOW = (process.env['SLOW'] ?? '') !== ''
const LATE_MS = 300
const TIMES_SLOWER = 6
const TIMEOUT_MS = IS_SLOW ? 60_000 : 15_000

/** Makes the built page where there is no fresh one. `use` gets its directory. */
export async function withBuiltPage(use: (ui: string) => Promise<void>): Promise<void> {
  if (isFresh(CHECKOUT)) return await use(join(CHECKOUT, 'dist/ui'))
  const directory = await mkdtemp(join(tmpdir(), 'holdfast-ui-'))
  await buildPage(directory)
  await use(directory)
  await rm(directory, { recursive: true, force: true })
}

/** A backend that does what the one does which it is asked for at that moment. */
function through(current: () => MemoryBackend): MemoryBackend {
  const late = (): Promise<unknown> => new Promise((resolve) => setTimeout(resolve, (Math.random() * LATE_MS) / 2))
  return new Proxy(current(), {
    get(_, name: keyof Backend) {
      const backend = current()
      const found: unknown = backend[name]
      if (typeof found !== 'function') return found
      const call = (...words: unknown[]): unknown => (found as (...words: unknown[]) => unknown).apply(backend, words)
      if (!IS_SLOW || name === 'subscribe') return call
      return async (...words: unknown[]) => {
        await late()
        const answer = await call(...words)
        await late()
        return answer
      }
    },
  })
}

/** A server before a backend for one test alone. */
export async function serverFor(backend: MemoryBackend, ui: string): Promise<RunningServer> {
  return {
    ...(await startServer(
      { uiDirectory: ui },
      through(() => backend),
    )),
    backend,
  }
}

export async function newContext(browser: Browser): Promise<BrowserContext> {
  return await browser.newContext({ viewport: VIEWPORT })
}

/** A page in it, which says in `heard` what it complains about. */
export async function newPage(context: BrowserContext, heard: string[]): Promise<Page> {
  const page = await context.newPage()
  page.setDefaultTimeout(TIMEOUT_MS)
  if (IS_SLOW) await (await context.newCDPSession(page)).send('Emulation.setCPUThrottlingRate', { rate: TIMES_SLOWER })
  complaints(page, heard)
  return page
}

/**
 * A server and a page that one test after the other has, each with a backend of its own. To start a server and another process for a page, and to
 * read the scripts again, would take as long as most tests do. What a test has done to the page is taken back; where it failed, all is made anew.
 */
export class Stage {
  readonly #browser: Browser
  readonly #running: RunningServer
  /** Whose turn it is. */
  readonly #turn: { backend: MemoryBackend }
  #context: BrowserContext | undefined
  #page: Page | undefined

  private constructor(browser: Browser, running: RunningServer, turn: { backend: MemoryBackend }) {
    this.#browser = browser
    this.#running = running
    this.#turn = turn
  }

  static async begin(browser: Browser, ui: string): Promise<Stage> {
    const turn = { backend: new MemoryBackend() }
    const running = await startServer(
      { uiDirectory: ui },
      through(() => turn.backend),
    )
    return new Stage(browser, running, turn)
  }

  /** The server, which answers with this backend from now on. */
  serve(backend: MemoryBackend): RunningServer {
    this.#turn.backend = backend
    return { ...this.#running, backend }
  }

  async context(): Promise<BrowserContext> {
    return (this.#context ??= await newContext(this.#browser))
  }

  /** The page, opened at a place. */
  async page(place: string, heard: string[]): Promise<Page> {
    const { server } = this.#running
    if (this.#page === undefined) {
      this.#page = await newPage(await this.context(), heard)
      await this.#page.goto(server.launchUrl())
    } else complaints(this.#page, heard)
    await this.#page.goto(`${server.url}${place}`)
    return this.#page
  }

  /** Takes back what a test has done. */
  async clear(hasFailed: boolean): Promise<void> {
    const [context, page] = [this.#context, this.#page]
    if (context === undefined) return
    if (hasFailed || page === undefined || page.isClosed()) return await this.#forget()
    try {
      for (const other of context.pages()) if (other !== page) await other.close()
      for (const event of EVENTS) page.removeAllListeners(event)
      await context.unrouteAll()
      await context.clearPermissions()
      await page.evaluate(LEAVE)
      await page.waitForURL('about:blank')
      await page.setViewportSize(VIEWPORT)
      await page.emulateMedia({ media: null, colorScheme: null, forcedColors: null, reducedMotion: null, contrast: null })
    } catch {
      await this.#forget()
    }
  }

  async end(): Promise<void> {
    await this.#forget()
    await this.#running.close()
  }

  async #forget(): Promise<void> {
    const context = this.#context
    this.#context = undefined
    this.#page = undefined
    await context?.close()
  }
}
