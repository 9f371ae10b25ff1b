import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Page } from 'playwright-core'
import { describe, expect } from 'vitest'
import { hintParts } from '../../renderer/parts/hint-parts.ts'
import { hasBrowser, it } from './open-page.ts'
import { PATHS, PLACES, visit } from './places.ts'

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

const UNITS = [
  'am',
  'pm',
  'at',
  '[kmgt]?b',
  'min',
  'sec',
  'hr',
  'days?',
  'hours?',
  'minutes?',
  'ago',
  'in',
  'this',
  'now',
  'today',
  'yesterday',
]
/** What Intl writes into dates and sizes. */
const FORMATTED = new RegExp(`\\b(?:${[...dateWords(), ...UNITS].join('|')})\\b`, 'g')
/** The backend in memory has no content of the version that is in conflict. */
const NOT_THERE = /status of 404/
/** Nobody is to see these, or a person has given them. */
const NOT_SHOWN = 'script, noscript, kbd, code, option'

function dateWords(): string[] {
  const months = Array.from({ length: 12 }, (_, month) => new Date(2030, month, 1))
  const days = Array.from({ length: 7 }, (_, day) => new Date(2030, 0, 1 + day))
  const words = (['long', 'short'] as const).flatMap((form) => [
    ...months.map((month) => month.toLocaleDateString('en', { month: form })),
    ...days.map((day) => day.toLocaleDateString('en', { weekday: form })),
  ])
  return words.map((word) => word.toLowerCase())
}

/** Starts the page anew in another language. */
async function speak(page: Page, locale: string): Promise<void> {
  await page.evaluate(`localStorage.setItem('holdfast.locale', '${locale}')`)
  await page.reload()
  await page.locator('main :is(h2, h3, p):visible').first().waitFor()
}

/** All texts that the daemon has told, in parts, too: whatever else the page says is its own. */
function listen(page: Page): Set<string> {
  const told = new Set<string>()
  const take = (value: unknown): void => {
    if (typeof value === 'string') {
      const apart = hintParts(value).map(({ text }) => text.trim())
      for (const text of [value, ...value.split(/[/,;:.] ?/), ...apart]) told.add(text.toLowerCase())
    } else if (typeof value === 'object' && value !== null) Object.values(value).forEach(take)
  }
  page.on('response', (response) => {
    if (response.headers()['content-type']?.includes('json') === true) void response.json().then(take, () => undefined)
  })
  return told
}

/** Letters that no text of the catalogue has in the locale for trying, where no date, unit or text of the daemon has brought them. */
function isOwn(text: string, told: ReadonlySet<string>): boolean {
  let rest = text.toLowerCase()
  for (const other of [...told].filter(({ length }) => length > 2).toSorted((a, b) => b.length - a.length)) {
    rest = rest.replaceAll(other, '')
  }
  // A path that is given as an example is one in every language.
  return !rest.startsWith('/') && /[a-z]*[aeiou][a-z]*/.test(rest.replaceAll(FORMATTED, ''))
}

/** By rule: what it is about. */
async function violations(page: Page): Promise<string[]> {
  return await page.evaluate(
    `axe.run({ resultTypes: ['violations'] }).then(({ violations }) =>
      violations.flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) => id + ' at ' + target.join(' ') + ': ' + failureSummary)))`,
  )
}

describe.skipIf(!hasBrowser)('the page as a whole', () => {
  it('has nothing anywhere that keeps people out, light or dark, fits a narrow window, and breaks no rule of its policy', async ({
    page,
    heard,
  }) => {
    const found: string[] = []
    await page.evaluate(axe)
    for (const path of PLACES) {
      await visit(page, path)
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme })
        found.push(...(await violations(page)).map((violation) => `${path} (${colorScheme}) ${violation}`))
      }
      // At 200 % a window of 1280 px has the room of one half as wide.
      for (const width of [360, 640, 1280]) {
        await page.setViewportSize({ width, height: 800 })
        const tooMuch = await page.evaluate(overflow)
        if (tooMuch !== 0) found.push(`${path} at ${width} px: ${String(tooMuch)} px too wide`)
      }
    }
    expect(found).toEqual([])
    expect(heard.filter((line) => !NOT_THERE.test(line))).toEqual([])
  }, 240_000)

  it('says nothing that is not in the catalogue', async ({ page }) => {
    const told = listen(page)
    await speak(page, 'en-XA')
    const found: string[] = []
    for (const path of PLACES) {
      await visit(page, path)
      const texts = await page.evaluate<string[]>(textsOf(NOT_SHOWN))
      found.push(...texts.filter((text) => isOwn(text, told)).map((text) => `${path}: ${text}`))
    }
    expect(found).toEqual([])
  })

  it('runs from right to left, and in forced colours', async ({ page, heard }) => {
    await speak(page, 'ar-XB')
    await page.emulateMedia({ forcedColors: 'active' })
    await page.setViewportSize({ width: 360, height: 700 })
    const found: string[] = []
    for (const path of PLACES) {
      await visit(page, path)
      const tooMuch = await page.evaluate(overflow)
      if (tooMuch !== 0) found.push(`${path}: ${String(tooMuch)} px too wide`)
      // What is chosen has to show where colours are not ours.
      const marked = await page.evaluate(
        `getComputedStyle(document.querySelector('nav a[aria-current]') ?? document.body).outlineStyle`,
      )
      if (path === '/' && marked !== 'solid') found.push(`${path}: which place it is does not show`)
    }
    expect(found).toEqual([])
    expect(heard.filter((line) => !NOT_THERE.test(line))).toEqual([])
  })

  it('can be gone through by keys: past the places to the content, and through both', async ({ page }) => {
    const focused = async (): Promise<string> =>
      await page.evaluate(`document.activeElement.id || (document.activeElement.closest('nav, main')?.tagName ?? '')`)
    await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    expect(await focused()).toBe('content')
    expect(PATHS.length).toBeGreaterThan(6)
    for (const path of PATHS.slice(1)) {
      await visit(page, path)
      if (path === '/tray') continue // it stands alone
      expect(await focused(), path).toBe('content')
      await page.keyboard.press('Shift+Tab')
      expect(await focused(), path).toBe('NAV')
    }
  })
})

/** How much wider than the window the page, or its content, is. */
const overflow = `[document.documentElement, document.querySelector('main')]
  .reduce((sum, { scrollWidth, clientWidth }) => sum + scrollWidth - clientWidth, 0)`

/** What can be read on the page, and what is read out. */
const textsOf = (but: string): string => `(() => {
  const texts = [...document.body.querySelectorAll('[aria-label], [title], [placeholder]')].flatMap((element) =>
    ['aria-label', 'title', 'placeholder'].map((name) => element.getAttribute(name) ?? ''))
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
  for (let node = walker.nextNode(); node; node = walker.nextNode())
    if (!node.parentElement.closest(${JSON.stringify(but)})) texts.push(node.data.trim())
  return texts.filter((text) => text !== '')
})()`
