import type { CDPSession } from 'playwright-core'
import { describe, expect } from 'vitest'
import type { ListItem } from '#api/contract'
import { PHOTOS, FilesInMemory } from './files-backend.ts'
import { hasBrowser, it } from './open-page.ts'

const MANY = 100_000
const FRAMES = 60

/** Milliseconds from opening a directory until its first row has been painted. */
const paint = (name: string): string => `new Promise((resolve) => {
  const began = performance.now()
  const look = () => {
    const row = document.querySelector('.grid-body [data-column="name"]')
    if (row?.textContent.startsWith('entry')) requestAnimationFrame(() => setTimeout(() => resolve(performance.now() - began)))
    else requestAnimationFrame(look)
  }
  ;[...document.querySelectorAll('.grid-body a')].find((link) => link.textContent === ${JSON.stringify(name)}).click()
  look()
})`

/** Frames a second while the list is scrolled by ten rows in each of them: faster than any wheel. */
const rate = `new Promise((resolve) => {
  const element = document.querySelector('[role="grid"]')
  let frames = 0
  let began = 0
  const next = (now) => {
    if (began === 0) began = now
    else if (++frames === ${FRAMES}) return resolve((1000 * frames) / (now - began))
    element.scrollBy(0, 400)
    requestAnimationFrame(next)
  }
  requestAnimationFrame(next)
})`

/** Seconds of the processor that the page's main thread has used. */
async function computed(cdp: CDPSession): Promise<number> {
  const { metrics } = await cdp.send('Performance.getMetrics')
  return metrics.find(({ name }) => name === 'TaskDuration')?.value ?? 0
}

describe.skipIf(!hasBrowser)('a directory of a hundred thousand entries', () => {
  it('is painted within a second, and scrolls at 50 frames a second', async ({ page, backend, running }) => {
    const files = new FilesInMemory(backend, ['few/', 'many/'])
    const item = (path: string): ListItem => ({
      ...{ folder: 'photos', path, kind: 'file', size: 12_345, modified: '2030-01-02T03:04:05.000Z', version: 'ab'.repeat(16) },
      state: 'here',
    })
    const all = Array.from({ length: MANY }, (_, number) => item(`many/entry-${String(number).padStart(6, '0')}.jpg`))
    const { list } = backend
    backend.list = async (input, signal) => {
      if (input.path === 'few') return [item('few/entry.jpg')]
      if (input.path !== 'many') return await list(input, signal)
      const from = input.after === '' ? 0 : Number(input.after.slice('many/entry-'.length, -'.jpg'.length)) + 1
      return all.slice(from, from + input.limit)
    }
    expect(files.paths).toEqual(['few', 'many'])
    const grid = page.getByRole('grid')
    const open = async (name: string): Promise<number> => {
      await page.goto(`${running.server.url}/files?folder=${PHOTOS}`)
      await page.getByRole('link', { name }).waitFor()
      return await page.evaluate(paint(name))
    }
    // Of a machine that is at other things as well nobody can ask more than a directory with one entry gets.
    const few = await open('few')
    const many = await open('many')
    console.log(`painted after ${Math.round(many)} ms, one entry after ${Math.round(few)} ms`)
    expect(many).toBeLessThan(Math.max(1_000, 3 * few))

    await expect.poll(() => grid.getAttribute('aria-rowcount'), { timeout: 60_000 }).toBe(String(MANY + 1))
    const cdp = await page.context().newCDPSession(page)
    await cdp.send('Performance.enable', { timeDomain: 'threadTicks' })
    let best = { frames: 0, ms: Infinity }
    for (let tries = 0; tries < 3 && best.frames < 50; tries++) {
      const before = await computed(cdp)
      const frames = await page.evaluate<number>(rate)
      const ms = (1_000 * ((await computed(cdp)) - before)) / FRAMES
      best = { frames: Math.max(best.frames, frames), ms: Math.min(best.ms, ms) }
    }
    console.log(`${Math.round(best.frames)} frames a second while scrolling, ${best.ms.toFixed(1)} ms of computing for each`)
    // Where others have the processor, what counts is that no more would be needed for 60.
    expect(best.frames >= 50 || best.ms <= 1_000 / 60).toBe(true)
    expect(await page.locator('.grid-body .grid-row').count()).toBeLessThan(60)
    await grid.press('End')
    await page.getByText('entry-099999.jpg').first().waitFor()
  })
})
