import type { Page } from 'playwright-core'
import { describe, expect } from 'vitest'
import { eventually } from '../api/eventually.ts'
import { withHealth } from './health-backend.ts'
import { faultsOf } from './faults.ts'
import { hasBrowser, it as ofPage } from './open-page.ts'

const it = ofPage.extend<{ page: Page }>({
  page: async ({ page, backend }, use) => {
    withHealth(backend)
    backend.announce({ event: 'resync', data: {} })
    await page.getByRole('link', { name: 'Health' }).click()
    await page.getByText('120 GB free of 500 GB').waitFor()
    await use(page)
  },
})

describe.skipIf(!hasBrowser)('the page, of health,', () => {
  it('says first what is wrong, with the way to it', async ({ page, backend, heard }) => {
    await page.getByText('40 entries vanished here at once').first().waitFor()
    await page.getByText('2 files do not sync; 1 conflict.').waitFor()
    expect(await page.getByRole('link', { name: 'photos' }).first().getAttribute('href')).toContain('tab=problems')
    await page.getByText('97% protected').waitFor()
    await page.getByText('2 copies of 3 wanted').waitFor()
    backend.folderList = []
    backend.announce({ event: 'resync', data: {} })
    await page.getByText('All is well here.').waitFor()
    backend.health = async () => ({ ok: false, checks: [{ name: 'network', ok: false, detail: 'it listens nowhere' }] })
    backend.announce({ event: 'resync', data: {} })
    await page.getByText('It listens nowhere.').waitFor()
    expect(heard).toEqual([])
  })

  it('draws figures over time in the colours of the page, and tells them in words and in a table', async ({
    page,
    called,
    backend,
  }) => {
    const plot = page.getByRole('img', { name: /^Throughput\. Receiving: .* at most \(/ })
    await plot.locator('canvas').waitFor()
    const colours = async (): Promise<unknown> =>
      await page.evaluate(`(() => {
        const canvas = document.querySelector('.health-plot canvas')
        if (canvas === null) return null
        const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height)
        return Array.from(new Set(new Uint32Array(data.buffer))).toSorted().slice(0, 400).join()
      })()`)
    const light = await colours()
    await page.emulateMedia({ colorScheme: 'dark' })
    await eventually(colours).not.toBe(light)
    await page.getByRole('button', { name: 'Table: Throughput' }).click()
    const table = page.getByRole('region', { name: 'Throughput' }).getByRole('table')
    // Of six of the sixty minutes nothing is known.
    await eventually(() => table.getByRole('row').count()).toBe(55)
    await table.getByRole('columnheader', { name: 'Receiving' }).waitFor()
    expect(await faultsOf(page)).toEqual([])
    await page.setViewportSize({ width: 360, height: 700 })
    await eventually(() => page.evaluate('document.querySelector("main").scrollWidth')).toBe(360)
    const spans: unknown[] = []
    const history = backend.metricHistory
    backend.metricHistory = async (input, signal) => {
      spans.push(input)
      return await history(input, signal)
    }
    await page.getByRole('tab', { name: '30 days' }).click()
    await eventually(() => spans).toEqual([{ span: '30d' }])
    expect(called('metricHistory')).toEqual([])
  })

  it('tells what each folder takes, and what is saved of it', async ({ page }) => {
    const row = page.getByRole('row', { name: /^letters/ })
    await row.getByRole('cell', { name: '2.4 GB' }).waitFor()
    await row.getByRole('cell', { name: '2.3 GB (85%)' }).waitFor()
    await page
      .getByRole('row', { name: /^videos/ })
      .getByRole('cell', { name: '–' })
      .waitFor()
  })

  it('scrubs with progress, also while another screen is shown, and says what came of it', async ({ page, backend, go }) => {
    let end = (): void => undefined
    const scrub = backend.scrub
    backend.scrub = async (input, signal) => {
      await new Promise<void>((resolve) => (end = resolve))
      return await scrub(input, signal)
    }
    await page.getByRole('button', { name: 'Scrub now' }).click()
    await page.getByText('Beginning…').waitFor()
    backend.announce({ event: 'progress', data: { command: 'scrub', done: 3, total: 10, unit: 'blocks' } })
    await page.getByText('3 of 10 blocks').waitFor()
    await go('Folders')
    await page.getByRole('heading', { name: 'Folders' }).waitFor()
    await go('Health')
    await page.getByText('3 of 10 blocks').waitFor()
    end()
    await page.getByText('10 blocks were read.').waitFor()
    await page.getByText('1 of them is whole again.').waitFor()
    await eventually(() => page.getByRole('button', { name: 'Scrub now' }).isEnabled()).toBe(true)
  })

  it('says what would be freed and forgotten before it frees anything', async ({ page, backend }) => {
    await page.getByRole('button', { name: 'Free space now' }).click()
    const dialog = page.getByRole('dialog', { name: 'Free space?' })
    await dialog.getByText('3 earlier versions that no policy keeps would be forgotten').waitFor()
    expect(await page.getByText('were freed').count()).toBe(0)
    await dialog.getByRole('button', { name: 'Free 4.1 KB' }).click()
    await page.getByText('4.1 KB were freed, in 2 blocks.').waitFor()
    await page.getByText('Music: it is not open.').waitFor()
    await page.getByRole('button', { name: 'Rebalance now' }).click()
    await page.getByText('2 KB were moved.').waitFor()
    expect(backend.calls.some(({ name }) => name === 'rebalance')).toBe(true)
  })

  it('shows what happened of one kind, one folder, one device', async ({ page }) => {
    const items = page.locator('.activity li')
    await eventually(() => items.count()).toBe(6)
    await page.getByRole('combobox', { name: 'What' }).selectOption('Problems')
    await eventually(() => items.allInnerTexts()).toEqual([expect.stringContaining('40 entries vanished at once')])
    await page.getByRole('combobox', { name: 'What' }).selectOption('Everything')
    await page.getByRole('combobox', { name: 'Folder' }).selectOption('photos')
    await eventually(() => items.count()).toBe(2)
    await page.getByRole('combobox', { name: 'Device' }).selectOption('desk')
    await page.getByText('Nothing of that kind is in the list so far').waitFor()
  })
})
