// Tries the desktop app where Electron's binary is: it starts, its page loads over app://holdfast before a daemon of its own, a second
// start shows the window of the first, and it ends with its daemon. Where there is none it says that it did not run, and is content.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { _electron } from 'playwright-core'
import { findSocket } from '#api/page'
import { electronBinary, HOW_TO_GET_IT } from './electron-binary.ts'

/** For whatever takes seconds where all is well. */
const LIMIT_MS = 60_000

const executablePath = electronBinary()
if (executablePath === null) {
  process.stdout.write(`smoke:desktop did not run: Electron's binary is not here (${HOW_TO_GET_IT}).\n`)
  process.exit(0)
}

const directory = mkdtempSync(join(tmpdir(), 'holdfast-smoke-'))
const home = join(directory, 'home')
mkdirSync(home, { mode: 0o700 })
writeFileSync(join(home, 'config.json'), JSON.stringify({ name: 'smoke', http: '127.0.0.1:0', listen: ['/ip4/127.0.0.1/tcp/0'] }))
// As root, and in most containers, Chromium has no sandbox to start.
const root = process.getuid?.() === 0 ? ['--no-sandbox'] : []
const args = [...root, join(import.meta.dirname, '../dist/electron/main.js'), `--user-data-dir=${join(directory, 'data')}`]
const env = { ...process.env, HOLDFAST_HOME: home } as Record<string, string>
const passed = (what: string): void => void process.stdout.write(`ok ${what}\n`)

try {
  const app = await _electron.launch({ executablePath, args, env })
  const page = await app.firstWindow()
  const heard: string[] = []
  page.on('pageerror', (error) => heard.push(error.message))
  await page.getByRole('heading', { name: 'smoke', level: 1 }).waitFor({ timeout: 60_000 })
  if (new URL(page.url()).protocol !== 'app:') throw new Error(`the page is at ${page.url()}`)
  passed('the page is loaded over app://holdfast, and its daemon answers')
  const exposed = await page.evaluate(() => Object.keys((globalThis as { holdfast?: object }).holdfast ?? {}).length)
  const node = await page.evaluate(() => typeof (globalThis as { process?: unknown; require?: unknown }).require)
  if (exposed !== 8 || node !== 'undefined')
    throw new Error(`the page has ${exposed} functions of the shell, and require is ${node}`)
  passed('it has what the preload exposes, and no Node')
  await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.close())
  const isVisible = (): Promise<boolean | undefined> =>
    app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.isVisible())
  if ((await isVisible()) !== false) throw new Error('a closed window is not hidden')
  passed('its window hides when it is closed')
  const second = spawn(executablePath, args, { env, stdio: 'ignore' })
  await once(second, 'exit', { signal: AbortSignal.timeout(LIMIT_MS) })
  if ((await isVisible()) !== true) throw new Error('a second start did not show the window')
  passed('a second start shows it again, and ends')
  if (heard.length > 0) throw new Error(`the page complained: ${heard.join('; ')}`)
  const ended = once(app.process(), 'exit', { signal: AbortSignal.timeout(LIMIT_MS) })
  await app.evaluate(({ app: running }) => running.quit()).catch(() => undefined)
  await ended
  passed('it quits')
  if ((await findSocket(home)) !== null) throw new Error('the daemon answers still')
  passed('its daemon has ended')
} finally {
  rmSync(directory, { recursive: true, force: true })
}
