// Makes the pictures in docs/screens again: every screen, and what it shows in its most important states, light and dark. Two real
// daemons, a real browser. `npm run screenshots [-- NAME…]`; it needs Chromium and 1 GB in the temporary directory.

import { randomBytes } from 'node:crypto'
import { mkdirSync, mkdtempSync, openSync, closeSync, realpathSync, rmSync, statSync, writeFileSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { findDaemon } from '../src/cli/places.ts'
import { hasBrowser, openBrowser } from '../test/renderer/browser.ts'
import { Device, pair } from './device.ts'

const screens = join(import.meta.dirname, '../docs/screens')
const WIDE = { width: 1280, height: 860 }
const NARROW = { width: 400, height: 860 }
/** What the desktop shell shows at its icon. */
const POPOVER = { width: 360, height: 520 }
const MAX_PICTURE_BYTES = 200_000
/** Each of two; large enough to be still on their way when the picture is taken. */
const VIDEO_BYTES = 400 << 20
/** For what a screen asks for when it is opened. */
const SETTLED_MS = 1_500
const WAIT_MS = 60_000

const wanted = process.argv.slice(2)

function write(path: string, bytes: number): void {
  mkdirSync(dirname(path), { recursive: true })
  const block = randomBytes(Math.min(bytes, 1 << 20))
  const file = openSync(path, 'w')
  for (let at = 0; at < bytes; at += block.length) {
    block.writeUInt32LE(at, 0) // no two blocks alike, or most of the file would be found in itself
    writeSync(file, block, 0, Math.min(block.length, bytes - at))
  }
  closeSync(file)
}

async function until(isSo: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + WAIT_MS
  while (!(await isSo())) {
    if (Date.now() > end) throw new Error(`it is not so after ${WAIT_MS} ms: ${isSo.toString()}`)
    await new Promise((next) => setTimeout(next, 50))
  }
}

/** Shares a directory of `from`, and gives it a place at `to`. Resolves to the folder's id. */
async function share(from: Device, to: Device, name: string, root: string): Promise<string> {
  await from.client.createFolder({ path: join(root, from.options.name, name) })
  await from.cli('scan', name)
  await until(async () => (await to.client.folders()).some((folder) => folder.name === name))
  await to.client.joinFolder({ folder: name, path: join(root, to.options.name, name) })
  return (await to.client.folders()).find((folder) => folder.name === name)!.id
}

async function openPage(device: Device, browser: Browser, viewport: typeof WIDE): Promise<Page> {
  const { transport } = await findDaemon(device.options.home)
  const answer = await transport('/api/v1/page-link', { method: 'POST', headers: {} })
  const page = await (await browser.newContext({ viewport, locale: 'en-GB' })).newPage()
  await page.goto(((await answer.json()) as { url: string }).url)
  await page.getByRole('main').waitFor()
  return page
}

/** What the page shows now. */
async function picture(page: Page, name: string): Promise<void> {
  if (wanted.length > 0 && !wanted.includes(name)) return
  await page.waitForTimeout(SETTLED_MS)
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    const path = join(screens, `${name}-${colorScheme}.png`)
    await page.screenshot({ path })
    const { size } = statSync(path)
    process.stdout.write(`${path}: ${size} bytes\n`)
    if (size > MAX_PICTURE_BYTES) throw new Error(`${path} is larger than ${MAX_PICTURE_BYTES} bytes`)
  }
}

async function pictureAt(page: Page, path: string, name: string): Promise<void> {
  await page.goto(new URL(path, page.url()).href)
  await page.locator('main').waitFor()
  if (await page.getByText('There is nothing here').isVisible()) throw new Error(`there is no ${path}`)
  await picture(page, name)
}

/** Versions of a text on both devices, one of each that the other has not seen. */
async function makePast(desk: Device, laptop: Device, folder: string, root: string): Promise<void> {
  const notes = (device: Device): string => join(root, device.options.name, 'Documents/plans/harbour walk.md')
  const lines = ['# Harbour walk', 'Saturday, 10:00, at the lighthouse.', 'Bring: water, a map, the good camera.']
  for (let version = 1; version <= lines.length; version++) {
    mkdirSync(dirname(notes(desk)), { recursive: true })
    writeFileSync(notes(desk), `${lines.slice(0, version).join('\n\n')}\n`)
    await desk.cli('wait', '--timeout', '60s')
  }
  await laptop.client.pauseFolder({ folder })
  writeFileSync(notes(desk), `${lines.join('\n\n')} And a hat.\n`)
  await desk.cli('scan', 'Documents')
  writeFileSync(notes(laptop), `${lines.join('\n\n').replace('10:00', '09:30')}\n`)
  await laptop.client.resumeFolder({ folder })
  await laptop.cli('scan', 'Documents')
  await until(async () => (await laptop.client.conflicts()).length > 0)
}

async function takePictures(root: string): Promise<void> {
  const home = (name: string): string => join(root, 'home', name)
  const desk = await Device.start({ home: home('desk'), name: 'desk' })
  const laptop = await Device.start({ home: home('laptop'), name: 'laptop' })
  const browser = await openBrowser()
  try {
    const page = await openPage(laptop, browser, WIDE)
    await picture(page, 'welcome')
    await pair(desk, laptop)
    for (const name of ['rent.odt', 'recipes.md', 'taxes/2025.ods', 'taxes/2026.ods'])
      write(join(root, 'desk/Documents', name), 20_000)
    for (let at = 1; at <= 12; at++) write(join(root, `desk/Videos/clip ${at}.mkv`), 9_000_000)
    write(join(root, 'desk/Videos/harbour.mkv'), VIDEO_BYTES)
    write(join(root, 'desk/Videos/kelp forest.mkv'), VIDEO_BYTES)
    const documents = await share(desk, laptop, 'Documents', root)
    await laptop.cli('wait', '--timeout', '60s')
    writeFileSync(join(root, 'laptop/Documents/shopping list.txt'), 'oats, lemons\n')
    await makePast(desk, laptop, documents, root)

    const narrow = await openPage(laptop, browser, NARROW)
    await page.goto(new URL('/', page.url()).href)
    await share(desk, laptop, 'Videos', root)
    await Promise.all([page, narrow].map((shown) => shown.getByRole('progressbar').first().waitFor({ timeout: WAIT_MS })))
    await picture(page, 'folders')
    await picture(narrow, 'folders-narrow')
    await pictureAt(page, `/?folder=${documents}&tab=overview`, 'folder')
    await pictureAt(page, `/files?folder=${documents}`, 'files')
    await pictureAt(page, `/history?folder=${documents}`, 'history')
    await pictureAt(page, '/conflicts', 'conflicts')
    await pictureAt(page, '/peers', 'peers')
    await pictureAt(page, '/health', 'health')
    await pictureAt(page, '/settings', 'settings')
    await page.getByRole('button', { name: 'Search' }).first().click()
    await page.getByRole('combobox', { name: 'Search files, or type a command' }).fill('har')
    await picture(page, 'palette')
    await page.keyboard.press('Escape')
    await page.locator('main').press('?')
    await picture(page, 'shortcuts')
    await pictureAt(narrow, `/files?folder=${documents}`, 'files-narrow')
    await narrow.setViewportSize(POPOVER)
    await pictureAt(narrow, '/tray', 'tray')
  } finally {
    await browser.close()
    await desk.stop()
    await laptop.stop()
  }
}

if (!hasBrowser) throw new Error('there is no Chromium here')
const root = realpathSync(mkdtempSync(join(tmpdir(), 'holdfast-')))
try {
  mkdirSync(screens, { recursive: true })
  await takePictures(root)
} finally {
  rmSync(root, { recursive: true })
}
