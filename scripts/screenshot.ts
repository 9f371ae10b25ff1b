// Makes the pictures of README.md again: the page of a device that is getting a folder from another, on a wide and on a
// narrow screen. Two real daemons, a real browser. `npm run screenshot`; it needs Chromium and 1 GB in the temporary directory.

import { randomBytes } from 'node:crypto'
import { mkdirSync, mkdtempSync, openSync, closeSync, realpathSync, rmSync, statSync, writeFileSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { Page } from 'playwright-core'
import { findDaemon } from '../src/cli/places.ts'
import { hasBrowser, openBrowser } from '../test/renderer/browser.ts'
import { Device, pair } from './device.ts'

const screens = join(import.meta.dirname, '../docs/screens')
const sizes = { wide: { width: 1280, height: 860 }, narrow: { width: 400, height: 860 } }
const MAX_PICTURE_BYTES = 200_000
/** Each of two; large enough to be still on their way when the picture is taken. */
const VIDEO_BYTES = 400 << 20

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

/** Shares a directory of `from`, and gives it a place at `to`. */
async function share(from: Device, to: Device, name: string, root: string): Promise<void> {
  await from.client.createFolder({ path: join(root, from.options.name, name) })
  await from.cli('scan', name)
  while (!(await to.client.folders()).some((folder) => folder.name === name)) await new Promise((next) => setTimeout(next, 50))
  await to.client.joinFolder({ folder: name, path: join(root, to.options.name, name) })
}

async function openPage(
  device: Device,
  browser: Awaited<ReturnType<typeof openBrowser>>,
  viewport: typeof sizes.wide,
): Promise<Page> {
  const { transport } = await findDaemon(device.options.home)
  const answer = await transport('/api/v1/page-link', { method: 'POST', headers: {} })
  const page = await (await browser.newContext({ viewport, colorScheme: 'light' })).newPage()
  await page.goto(((await answer.json()) as { url: string }).url)
  await page.getByRole('heading', { name: device.options.name }).waitFor()
  return page
}

async function takePictures(root: string): Promise<void> {
  const home = (name: string): string => join(root, 'home', name)
  const desk = await Device.start({ home: home('desk'), name: 'desk' })
  const laptop = await Device.start({ home: home('laptop'), name: 'laptop' })
  const browser = await openBrowser()
  try {
    await pair(desk, laptop)
    for (const name of ['rent.odt', 'recipes.md', 'taxes/2025.ods', 'taxes/2026.ods'])
      write(join(root, 'desk/Documents', name), 20_000)
    for (let at = 1; at <= 12; at++) write(join(root, `desk/Videos/clip ${at}.mkv`), 9_000_000)
    write(join(root, 'desk/Videos/harbour.mkv'), VIDEO_BYTES)
    write(join(root, 'desk/Videos/kelp forest.mkv'), VIDEO_BYTES)
    await share(desk, laptop, 'Documents', root)
    await laptop.cli('wait', '--timeout', '60s')
    writeFileSync(join(root, 'laptop/Documents/shopping list.txt'), 'oats, lemons\n')
    const pages: [name: string, page: Page][] = []
    for (const [name, viewport] of Object.entries(sizes)) pages.push([name, await openPage(laptop, browser, viewport)])
    await share(desk, laptop, 'Videos', root)
    await Promise.all(pages.map(([, page]) => page.locator('[data-folder="Videos"] progress').waitFor({ timeout: 60_000 })))
    for (const [name, page] of pages) {
      await page
        .getByText(/kelp forest\.mkv|harbour\.mkv/)
        .first()
        .waitFor()
      const path = join(screens, `${name}.png`)
      await page.screenshot({ path })
      const { size } = statSync(path)
      process.stdout.write(`${path}: ${size} bytes\n`)
      if (size > MAX_PICTURE_BYTES) throw new Error(`${path} is larger than ${MAX_PICTURE_BYTES} bytes`)
    }
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
