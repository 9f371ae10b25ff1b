import { describe, expect } from 'vitest'
import { hasBrowser, it, itAlone } from './open-page.ts'
import { withSettings } from './peers-backend.ts'
import { PLACES, TABS, visit } from './places.ts'

/** All on the page that would move if something about it changed, or moves already. */
const MOVING = `(() => {
  const isLong = (times) => times.split(',').some((time) => parseFloat(time) > 0)
  const styles = [...document.querySelectorAll('*')].flatMap((element) =>
    ['', '::before', '::after', '::backdrop'].map((part) => [element.tagName + '.' + element.className + part, getComputedStyle(element, part || null)]))
  const could = styles.filter(([, style]) =>
    isLong(style.transitionDuration) || (style.animationName !== 'none' && isLong(style.animationDuration)) || style.scrollBehavior === 'smooth')
  return [...could.map(([name]) => name), ...document.getAnimations().map(({ playState }) => playState)]
})()`

const SHOWN_MS = 12_000

describe.skipIf(!hasBrowser)('the page, to whoever wants no motion,', () => {
  it('moves nothing, at no place, in no drawer, dialog or word of what was done', async ({ page, backend, go }) => {
    withSettings(backend)
    await page.emulateMedia({ reducedMotion: 'reduce' })
    const found: string[] = []
    const look = async (at: string): Promise<void> => {
      const moving = await page.evaluate<string[]>(MOVING)
      found.push(...moving.map((what) => `${at}: ${what}`))
    }
    for (const path of [...PLACES, ...TABS]) {
      await visit(page, path)
      await look(path)
    }
    await visit(page, '/')
    await page.getByRole('link', { name: 'Share folder' }).click()
    await page.getByRole('dialog').waitFor()
    await look('a dialog')
    await page.keyboard.press('Escape')
    await page.keyboard.press('Control+k')
    await page.getByRole('combobox').waitFor()
    await look('the palette')
    await page.keyboard.press('Escape')
    await go('Settings')
    await page.getByLabel('Name', { exact: true }).fill('study')
    await page.keyboard.press('Enter')
    await page.locator('.toast').waitFor()
    await look('what was done')
    expect(found).toEqual([])
  })
})

describe.skipIf(!hasBrowser)('what was done', () => {
  itAlone(
    'is told for a while, and for as long as somebody is at it with the pointer or the focus',
    async ({ page, backend, go }) => {
      withSettings(backend)
      await page.clock.install()
      await go('Settings')
      const toast = page.locator('.toast')
      const undo = toast.getByRole('button', { name: 'Undo' })
      const tell = async (name: string): Promise<void> => {
        await page.getByLabel('Name', { exact: true }).fill(name)
        await page.keyboard.press('Enter')
        await toast.waitFor()
      }
      const isThereAfter = async (ms: number): Promise<boolean> => {
        await page.clock.runFor(ms)
        return (await toast.count()) === 1
      }
      await tell('study')
      expect(await isThereAfter(SHOWN_MS - 2_000)).toBe(true)
      expect(await isThereAfter(4_000)).toBe(false)

      await tell('attic')
      await toast.hover()
      expect(await isThereAfter(3 * SHOWN_MS)).toBe(true)
      await page.mouse.move(300, 300)
      expect(await isThereAfter(SHOWN_MS - 2_000)).toBe(true)
      expect(await isThereAfter(4_000)).toBe(false)

      await tell('cellar')
      await undo.focus()
      expect(await isThereAfter(3 * SHOWN_MS)).toBe(true)
      // The pointer only passes by.
      await toast.hover()
      await page.mouse.move(300, 300)
      expect(await isThereAfter(3 * SHOWN_MS)).toBe(true)
      await toast.hover()
      await page.locator('#content').focus()
      expect(await isThereAfter(3 * SHOWN_MS)).toBe(true)
      await page.mouse.move(300, 300)
      expect(await isThereAfter(SHOWN_MS - 2_000)).toBe(true)
      expect(await isThereAfter(4_000)).toBe(false)
    },
  )
})
