import type { BrowserContext } from 'playwright-core'
import { describe, expect } from 'vitest'
import { withHealth } from './health-backend.ts'
import { hasBrowser, itAlone } from './open-page.ts'
import { withGroup, withSettings } from './peers-backend.ts'
import { PLACES, TABS, visit } from './places.ts'

/** What a window of 1280 by 800 is at 200 %. */
const ZOOMED = { viewport: { width: 640, height: 400 }, deviceScaleFactor: 2 }

const it = itAlone.extend<{ context: BrowserContext }>({
  context: async ({ browser }, use) => {
    const context = await browser.newContext(ZOOMED)
    await use(context)
    await context.close()
  },
})

/** What of the page, or of the dialog that is open, cannot be read or pressed, each in words. */
const LACKING = `(() => {
  const root = document.querySelector('dialog[open]') ?? document.body
  const found = []
  const named = (element) => element.tagName.toLowerCase() + '.' + element.className + ' "' + (element.innerText ?? element.value ?? '').slice(0, 40) + '"'
  const isShown = (element) => {
    if (!element.checkVisibility({ visibilityProperty: true, opacityProperty: true })) return false
    const { width, height } = element.getBoundingClientRect()
    return width > 1 && height > 1 && getComputedStyle(element).clipPath !== 'inset(50%)' // What is only read out has a pixel, or none.
  }
  const all = [...root.querySelectorAll('*')].filter(isShown)

  for (const element of [document.documentElement, ...all]) {
    const { overflowX, textOverflow } = getComputedStyle(element)
    const tooWide = element.scrollWidth - element.clientWidth
    if (element.clientWidth === 0 || tooWide <= 1) continue
    if (['auto', 'scroll'].includes(overflowX) || element === document.documentElement) {
      if (element.querySelector(':scope > table, :scope > [role=grid], :scope > [role=table]') === null && !element.matches('pre, textarea, [role=grid]'))
        found.push('scrolls sideways by ' + tooWide + ': ' + named(element))
    } else if (['hidden', 'clip'].includes(overflowX) && textOverflow !== 'ellipsis' && element.innerText?.trim())
      found.push('is cut off by ' + tooWide + ': ' + named(element))
  }
  for (const element of all) {
    const { overflowY } = getComputedStyle(element)
    if (['hidden', 'clip'].includes(overflowY) && element.clientHeight > 0 && element.scrollHeight - element.clientHeight > 2 && element.innerText?.trim())
      found.push('is cut off below: ' + named(element))
  }

  for (const control of all.filter((element) => element.matches('a:not(.skip), button, input, select, textarea, summary'))) {
    control.scrollIntoView({ block: 'center', inline: 'nearest', behavior: 'instant' })
    const [{ x, y, width, height }] = control.getClientRects()
    const at = document.elementFromPoint(x + width / 2, y + height / 2)
    if (at === null) found.push('is out of reach: ' + named(control))
    else if (!control.contains(at) && !at.contains(control) && at.closest('label')?.control !== control) found.push('is below ' + named(at) + ': ' + named(control))
  }

  const texts = []
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT)
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const element = node.parentElement
    if (node.data.trim() === '' || !isShown(element) || element.closest('option, .grid-body, canvas')) continue
    // What scrolls below something else is over it for a while.
    let frame = element
    while (frame !== root && !['auto', 'scroll'].includes(getComputedStyle(frame).overflowY) && !['fixed', 'sticky'].includes(getComputedStyle(frame).position))
      frame = frame.parentElement
    const range = document.createRange()
    range.selectNodeContents(node)
    for (const rect of range.getClientRects()) if (rect.width > 2) texts.push([node, rect, frame])
  }
  texts.forEach(([node, a, frame], at) => {
    for (const [other, b, otherFrame] of texts.slice(at + 1)) {
      if (node === other || frame !== otherFrame) continue
      const across = Math.min(a.right, b.right) - Math.max(a.left, b.left)
      const down = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top)
      if (across > 2 && down > Math.min(a.height, b.height) / 3) found.push('"' + node.data.trim().slice(0, 30) + '" is over "' + other.data.trim().slice(0, 30) + '"')
    }
  })
  return found
})()`

describe.skipIf(!hasBrowser)('the page at 200 %', () => {
  it('cuts nothing off, covers nothing, and scrolls sideways only in the frame of a table', async ({ page, backend }) => {
    withGroup(backend)
    withSettings(backend)
    withHealth(backend)
    backend.announce({ event: 'resync', data: {} })
    expect(await page.evaluate('devicePixelRatio')).toBe(2)
    const found: string[] = []
    const look = async (at: string): Promise<void> => {
      found.push(...(await page.evaluate<string[]>(LACKING)).map((what) => `${at}: ${what}`))
    }
    for (const path of [...PLACES, ...TABS]) {
      await visit(page, path)
      await look(path)
    }
    await visit(page, '/')
    await page.getByRole('link', { name: 'Share folder' }).click()
    await page.getByRole('dialog').waitFor()
    await look('a dialog')
    expect(found).toEqual([])
  })
})
