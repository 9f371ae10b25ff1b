// Draws what the desktop app is seen by (scripts/icon-drawings.ts) in all sizes into resources/, through Chromium.

import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { openBrowser } from '../test/renderer/browser.ts'
import { appIcon, LOOKS, trayIcon } from './icon-drawings.ts'
import { icns, ico, type Picture } from './icon-files.ts'

const resources = join(import.meta.dirname, '../resources')
/** Apple's grid leaves a tenth of the side free. */
const MAC_ROOM = 0.1

async function draw(page: Page, svg: string, size: number): Promise<Picture> {
  await page.setViewportSize({ width: size, height: size })
  await page.setContent(`<style>*{margin:0}svg{display:block;width:${size}px;height:${size}px}</style>${svg}`)
  return { size, png: await page.screenshot({ omitBackground: true }) }
}

async function drawAll(page: Page, svg: string, sizes: readonly number[]): Promise<Picture[]> {
  const pictures: Picture[] = []
  for (const size of sizes) pictures.push(await draw(page, svg, size))
  return pictures
}

const browser = await openBrowser()
const page = await browser.newPage()
for (const directory of ['icons', 'tray']) await mkdir(join(resources, directory), { recursive: true })

const plain = await drawAll(page, appIcon(), [16, 24, 32, 48, 64, 128, 256, 512, 1024])
for (const { size, png } of plain) await writeFile(join(resources, `icons/${size}x${size}.png`), png)
await writeFile(join(resources, 'icon.ico'), ico(plain.filter(({ size }) => size <= 256)))
await writeFile(join(resources, 'icon.icns'), icns(await drawAll(page, appIcon(MAC_ROOM), [16, 32, 64, 128, 256, 512, 1024])))

for (const look of LOOKS) {
  for (const [name, size, isTemplate] of [
    [`${look}`, 16, false],
    [`${look}Linux`, 24, false],
    [`${look}Template`, 16, true],
  ] as const) {
    const [once, twice] = await drawAll(page, trayIcon(look, isTemplate), [size, 2 * size])
    if (once !== undefined) await writeFile(join(resources, `tray/${name}.png`), once.png)
    if (twice !== undefined) await writeFile(join(resources, `tray/${name}@2x.png`), twice.png)
  }
}
await browser.close()
