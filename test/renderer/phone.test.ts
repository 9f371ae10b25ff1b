import type { BrowserContext } from 'playwright-core'
import { describe, expect } from 'vitest'
import { OTHER } from '../api/memory-backend.ts'
import { faultsOf } from './faults.ts'
import { photosAre } from './folders-backend.ts'
import { hasBrowser, itAlone } from './open-page.ts'

const it = itAlone.extend<{ context: BrowserContext }>({
  context: async ({ browser }, use) => {
    const context = await browser.newContext({ viewport: { width: 360, height: 700 }, locale: 'de-DE', reducedMotion: 'reduce' })
    await use(context)
    await context.close()
  },
})

/** What is cut off in the bars below, and what of them is too small for a finger. */
const LACKING = `[...document.querySelectorAll('.navigation *, .status-bar *')].flatMap((element) => {
  const { left, right, width, height } = element.getBoundingClientRect()
  if (width <= 1 || element.closest('.brand, .pause ul') !== null) return []
  const name = element.tagName + ' ' + (element.textContent ?? '').trim()
  return [
    ...(element.scrollWidth > element.clientWidth && getComputedStyle(element).overflowX !== 'visible' ? [name + ' is cut off'] : []),
    ...(left < -1 || right > innerWidth + 1 ? [name + ' is beside the screen'] : []),
    ...(element.matches('nav a, button, summary') && (width < 44 || height < 44) ? [name + ' is ' + width + ' by ' + height] : []),
  ]
})`

describe.skipIf(!hasBrowser)('on a phone, in German,', () => {
  it('all places and the search are in the bar, whole and large enough, and leave room for the rest', async ({
    page,
    backend,
  }) => {
    photosAre(backend, { state: 'syncing', needEntries: 2, needBytes: 1e9 })
    const film = { folder: 'photos', path: 'film', direction: 'receive', device: OTHER, bytes: 5, totalBytes: 1e9 } as const
    const rates = { receiveBytesPerSecond: 26.4e6, sendBytesPerSecond: 12.3e6 }
    backend.announce({ event: 'transfers', data: { rates, peers: [], transfers: [{ ...film, bytesPerSecond: 1e7 }] } })
    await page.locator('[data-folder="photos"]').waitFor()
    await page.getByText('Gleicht ab').waitFor()
    await page.getByText('26,4 MB/s').waitFor()
    expect(await page.evaluate(LACKING)).toEqual([])
    const below = await page.evaluate<number>(`innerHeight - document.querySelector('main').getBoundingClientRect().bottom`)
    expect(below).toBeLessThanOrEqual(100)
    expect(await faultsOf(page)).toEqual([])
    await page.getByRole('button', { name: 'Suche' }).click()
    await page.getByRole('combobox').waitFor()
  })
})
