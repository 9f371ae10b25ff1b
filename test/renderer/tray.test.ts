import type { Page } from 'playwright-core'
import { describe, expect } from 'vitest'
import { eventually } from '../api/eventually.ts'
import { OTHER, pairing } from '../api/memory-backend.ts'
import { PHOTOS, photosAre } from './folders-backend.ts'
import { hasBrowser, it as ofPage } from './open-page.ts'

const it = ofPage.extend<{ first: string; page: Page }>({
  first: '/tray',
  page: async ({ page }, use) => {
    await page.setViewportSize({ width: 360, height: 520 })
    await use(page)
  },
})

const transfer = (path: string) =>
  ({ folder: 'photos', path, direction: 'receive', device: OTHER, bytes: 1e6, totalBytes: 4e6, bytesPerSecond: 1e6 }) as const

describe.skipIf(!hasBrowser)('the popover of the tray', () => {
  it('says how it stands and what needs somebody first, each with one thing to do, and nothing around it', async ({
    page,
    backend,
    heard,
  }) => {
    photosAre(backend, { state: 'held', reasonCode: 'deletions-held', reason: '1,040 entries vanished here at once.' })
    await page.getByRole('heading', { name: 'desk: 1 folder needs you' }).waitFor()
    const needs = page.getByRole('region', { name: 'What needs you' }).getByRole('listitem')
    const verbs = async (): Promise<string[]> => await needs.getByRole('link').allInnerTexts()
    await eventually(verbs).toEqual(['Decide', 'Choose', 'Join'])
    expect(await needs.first().innerText()).toContain('1,040 entries vanished here at once.')
    expect(await needs.first().getByRole('link').getAttribute('href')).toBe(`/?folder=${PHOTOS}`)
    expect(await page.getByRole('navigation').count()).toBe(0)
    expect(await page.evaluate('[document.documentElement.scrollWidth, document.documentElement.scrollHeight]')).toEqual([
      360, 520,
    ])
    expect(heard).toEqual([])
  })

  it('shows three transfers at most, and how far they are', async ({ page, backend }) => {
    const rates = { receiveBytesPerSecond: 4e6, sendBytesPerSecond: 0 }
    backend.announce({
      event: 'transfers',
      data: { rates, peers: [], transfers: ['a', 'b', 'c', 'd', 'e'].map(transfer) },
    })
    const region = page.getByRole('region', { name: 'On the way' })
    await region.getByText('and 2 more').waitFor()
    expect(await region.getByRole('progressbar').count()).toBe(3)
    expect(await region.getByRole('listitem').first().innerText()).toMatch(/25%\s+1 MB of 4 MB\s+1 MB\/s\s+3 seconds left/)
  })

  it('tells the last twenty things that happened, by whom and when', async ({ page, backend }) => {
    const [one] = backend.activityList
    for (let number = 4; number < 40; number++)
      backend.announce({
        event: 'activity',
        data: { ...one!, number, event: number % 2 === 0 ? 'changed' : 'deleted', path: `a/${number}.txt` },
      })
    const region = page.getByRole('region', { name: 'Activity' })
    await region.getByText('39.txt').waitFor()
    expect(await region.getByRole('listitem').count()).toBe(20)
    expect(await region.getByRole('listitem').first().innerText()).toMatch(/^Deleted: 39\.txt\s+kitchen · /)
  })

  it('pauses, and asks for a pairing that waits', async ({ page, backend, called }) => {
    await page.getByText('Pause all').click()
    await page.getByRole('button', { name: 'for 30 minutes' }).click()
    await eventually(() => called('pauseFolder')).toEqual([{ folder: PHOTOS, forSeconds: 1_800 }])
    await page.getByRole('button', { name: 'Resume all' }).click()
    await page.getByText('Pause all').waitFor()
    backend.announce({ event: 'pairings', data: (backend.pairingList = [pairing(backend.nearbyList[0]!)]) })
    await page.getByRole('alertdialog').getByText('314 159').waitFor()
  })

  it('leads to the window in the desktop shell, and to another tab in a browser', async ({ page }) => {
    expect(await page.getByRole('button', { name: 'Quit Holdfast' }).count()).toBe(0)
    const opened = page.waitForEvent('popup')
    await page.getByRole('link', { name: 'Open Holdfast' }).click()
    await (await opened).locator('[data-folder="photos"]').waitFor()
    const shell = await page.addInitScript(
      `window.revealed = []; window.quits = 0; window.holdfast = { reveal: (path) => window.revealed.push(path), quit: () => window.quits++, onOpen: () => undefined }`,
    )
    await page.reload()
    await page.getByRole('button', { name: 'Open folder' }).click()
    expect(await page.evaluate('window.revealed')).toEqual(['/home/me/photos'])
    await page.getByRole('button', { name: 'Quit Holdfast' }).click()
    expect(await page.evaluate('window.quits')).toBe(1)
    await page.getByRole('link', { name: 'Open Holdfast' }).click()
    await page.locator('[data-folder="photos"]').waitFor()
    await shell.dispose()
  })
})
