import { readFileSync } from 'node:fs'
import type { Page } from 'playwright-core'

const screens = readFileSync(new URL('../../renderer/screens.ts', import.meta.url), 'utf8')
const FOLDER = 'a'.repeat(26)
/** For what is asked for when a place is opened. */
const SETTLED_MS = 250

/** All that the page has a screen for. */
export const PATHS = [...screens.matchAll(/path: '([^']*)'/g)].map(([, path]) => path!)

/** Every place, and what has more to show when it is told of what. */
export const PLACES = [
  ...PATHS,
  `/?folder=${FOLDER}&tab=sharing`,
  `/files?folder=${FOLDER}`,
  `/history?folder=${FOLDER}`,
  '/nowhere',
]

/** The tabs of a folder, beside the one that is among the places. */
export const TABS = ['overview', 'problems', 'versions', 'ignore'].map((tab) => `/?folder=${FOLDER}&tab=${tab}`)

/** Goes to a place, and waits for what it shows. */
export async function visit(page: Page, path: string): Promise<void> {
  await page.evaluate(`history.pushState(null, '', ${JSON.stringify(path)})`)
  await page.locator('main :is(h2, h3, p):visible').first().waitFor()
  await page.waitForTimeout(SETTLED_MS)
}
