import type { Browser, Page } from 'playwright-core'
import type { Device } from '../../scripts/device.ts'
import { findDaemon } from '../../src/cli/places.ts'
import { complaints } from '../renderer/browser.ts'

/** A device, and its page in a browser of its own. */
export interface Seat {
  device: Device
  page: Page
  /** What the page complains about. */
  heard: string[]
  /** Opens a place by its name in the navigation. */
  go(place: string): Promise<void>
}

/** Opens the page of a device, as `holdfast status` tells people to. */
export async function sit(device: Device, browser: Browser): Promise<Seat> {
  const { transport } = await findDaemon(device.options.home)
  const answer = await transport('/api/v1/page-link', { method: 'POST', headers: {} })
  const { url } = (await answer.json()) as { url: string }
  const page = await (await browser.newContext({ viewport: { width: 1280, height: 860 } })).newPage()
  page.setDefaultTimeout(30_000)
  const heard = complaints(page)
  // The page's own complaint does not say of what.
  page.on('response', (response) => {
    if (response.status() >= 400) heard.push(`${response.status()} ${response.request().method()} ${response.url()}`)
  })
  await page.goto(url)
  await page.getByRole('heading', { name: device.options.name, exact: true }).waitFor()
  const go = (place: string): Promise<void> =>
    page.getByRole('navigation').getByRole('link', { name: place, exact: true }).click()
  return { device, page, heard, go }
}
