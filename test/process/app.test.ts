import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser, Locator } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { builtEntry } from '../../scripts/device.ts'
import { eventually } from '../api/eventually.ts'
import { hasBrowser, openBrowser } from '../renderer/browser.ts'
import { Cluster, settle, until } from './cluster.ts'
import { sit, type Seat } from './seat.ts'

const ROOT = join(import.meta.dirname, '../..')
if (!hasBrowser) console.log('skipped: the page before two daemons needs a Chromium')

describe.skipIf(!hasBrowser)('the page before two daemons', () => {
  const cluster = new Cluster()
  let browser: Browser
  let anna: Seat
  let ben: Seat
  let here: string
  let there: string

  beforeAll(async () => {
    const built = spawnSync(process.execPath, [join(ROOT, 'scripts/build.ts'), '--if-needed'], { encoding: 'utf8' })
    if (built.status !== 0) throw new Error(built.stderr)
    browser = await openBrowser()
    const [first, second] = [
      await cluster.start('anna', { entry: builtEntry }),
      await cluster.start('ben', { entry: builtEntry }),
    ]
    here = cluster.place(first, 'thesis')
    there = cluster.place(second, 'thesis')
    ;[anna, ben] = [await sit(first, browser), await sit(second, browser)]
  })
  afterAll(async () => {
    await browser?.close()
    await cluster.end()
  })

  const row = ({ page }: Seat, name: string): Locator => page.getByRole('row').filter({ hasText: name })
  const inHistory = ({ page }: Seat, name: string): Locator =>
    page.locator('.history-row').filter({ hasText: 'notes.txt' }).filter({ hasText: name })
  const toast = ({ page }: Seat, text: string): Locator => page.locator('.toast').filter({ hasText: text })
  const holds = (file: string, text: string) => () => existsSync(file) && readFileSync(file, 'utf8') === text

  test('from a first start to a folder on a second device there are three steps', async () => {
    mkdirSync(here, { recursive: true })
    writeFileSync(join(here, 'first.txt'), 'first')
    const steps: string[] = []
    /** Does what one step asks for, on the page that asks. */
    const inStep = async (number: string, seat: Seat, act: (step: Locator) => Promise<unknown>): Promise<void> => {
      await act(seat.page.locator(`[data-step="${number}"]`))
      if (steps.at(-1) !== number) steps.push(number)
    }
    await inStep('1', anna, async (step) => {
      await step.getByLabel('Folder on this computer').fill(here)
      await step.getByRole('button', { name: 'Share folder' }).click()
    })
    let code = ''
    await inStep('2', anna, async (step) => {
      await step.getByRole('button', { name: 'Invite' }).click()
      code = (await step.locator('.code code').textContent())!
    })
    await ben.page.getByRole('button', { name: 'Connect to it' }).click()
    await inStep('2', ben, async (step) => {
      await step.getByLabel('Code', { exact: true }).fill(code)
      await step.getByRole('button', { name: 'Join' }).click()
    })
    await inStep('3', ben, async (step) => {
      const offered = step.locator('[data-offered="thesis"]')
      await offered.getByLabel('Where it goes').fill(there)
      await offered.getByRole('button', { name: 'Join' }).click()
    })
    await until('it has come', holds(join(there, 'first.txt'), 'first'))
    for (const { page } of [anna, ben]) {
      await page.getByRole('heading', { name: 'It is on both computers' }).waitFor()
      await page.getByRole('button', { name: 'Done' }).click()
    }
    expect(steps).toEqual(['1', '2', '3'])
  })

  test('what is dropped on one page is seen to arrive on the other one, and is there on its disk', async () => {
    for (const seat of [anna, ben]) await seat.go('Files')
    const dropped = await anna.page.evaluateHandle(`(() => {
      const data = new DataTransfer()
      data.items.add(new File(['one\\ntwo\\n'], 'notes.txt', { type: 'text/plain' }))
      return data
    })()`)
    const list = anna.page.locator('#content .files-drop, #content [role=grid]').first()
    await list.dispatchEvent('dragenter', { dataTransfer: dropped })
    await list.dispatchEvent('dragover', { dataTransfer: dropped })
    await list.dispatchEvent('drop', { dataTransfer: dropped })
    await row(anna, 'notes.txt').waitFor()
    await row(ben, 'notes.txt').waitFor()
    await until('it is on the other disk', holds(join(there, 'notes.txt'), 'one\ntwo\n'))
  })

  test('an edit on the other device is in the history with what it changed, and can be undone and done again', async () => {
    writeFileSync(join(there, 'notes.txt'), 'one\ntwo and a half\n')
    await until('it is here', holds(join(here, 'notes.txt'), 'one\ntwo and a half\n'))
    await settle('thesis', anna.device, ben.device)
    await anna.go('History')
    await eventually(() => inHistory(anna, 'notes.txt').count()).toBe(2)
    await inHistory(anna, 'edited').click()
    await anna.page.getByRole('button', { name: 'Compare' }).click()
    await anna.page.locator('ins, .diff-added').filter({ hasText: 'and a half' }).first().waitFor()
    await anna.page.getByRole('button', { name: 'Compare' }).click()
    await inHistory(anna, 'added').click()
    await anna.page.getByRole('button', { name: 'Restore', exact: true }).click()
    await until('it is what it was', holds(join(there, 'notes.txt'), 'one\ntwo\n'))
    await toast(anna, 'notes.txt').getByRole('button', { name: 'Undo' }).click()
    await until('it is what it had become', holds(join(there, 'notes.txt'), 'one\ntwo and a half\n'))
  })

  test('two edits that do not know of each other are shown side by side, and one is kept where somebody chooses', async () => {
    for (const { device } of [anna, ben]) await device.client.pauseFolder({ folder: 'thesis', forSeconds: null })
    writeFileSync(join(here, 'notes.txt'), 'of anna\n')
    writeFileSync(join(there, 'notes.txt'), 'of ben\n')
    for (const { device } of [anna, ben]) await device.client.resumeFolder({ folder: 'thesis' })
    await settle('thesis', anna.device, ben.device)
    await anna.page.getByText('1 file in conflict').first().waitFor()
    await anna.go('Folders')
    await anna.page.getByRole('link', { name: 'Look at them and choose' }).click()
    const side = (name: string): Locator => anna.page.locator(`[data-side="${name}"]`)
    for (const name of ['anna', 'ben']) await side(name).locator('.preview-text').getByText(`of ${name}`).waitFor()
    await side('anna').getByRole('button', { name: 'Keep this one' }).click()
    await until('both have it', holds(join(there, 'notes.txt'), 'of anna\n'))
    await until('there is no other one', async () => (await ben.device.client.conflicts({})).length === 0)
  })

  test('a folder goes back to a moment, says before what that changes, and can be undone', async () => {
    await settle('thesis', anna.device, ben.device)
    await anna.device.client.wait({ folder: 'thesis', for: 'protected', timeoutSeconds: 60 })
    const then = new Date()
    // What follows is in another second than what the field can say.
    await new Promise((resolve) => setTimeout(resolve, 1_100 - then.getMilliseconds() + 1_000))
    writeFileSync(join(here, 'later.txt'), 'later')
    writeFileSync(join(here, 'notes.txt'), 'spoiled')
    await settle('thesis', anna.device, ben.device)
    await anna.go('History')
    await anna.page.getByRole('button', { name: 'Restore folder to…' }).click()
    const dialog = anna.page.getByRole('dialog')
    const local = new Date(then.getTime() - then.getTimezoneOffset() * 60_000 + 1_000).toISOString().slice(0, 19)
    await dialog.getByLabel('To what it was at').fill(local)
    await dialog.getByText('1 entry is written').waitFor()
    await dialog.getByText('1 entry is deleted').waitFor()
    await dialog.getByRole('button', { name: 'Restore', exact: true }).click()
    await until('it is again what it was', holds(join(there, 'notes.txt'), 'of anna\n'))
    await until('what came later is gone', () => !existsSync(join(there, 'later.txt')))
    await toast(anna, 'thesis is restored').getByRole('button', { name: 'Undo' }).click()
    await until('it is what it had become', holds(join(there, 'notes.txt'), 'spoiled'))
    await until('what came later is back', holds(join(there, 'later.txt'), 'later'))
  })

  test('while the daemon is away the page says so, and goes on by itself when it is back', async () => {
    expect([anna.heard, ben.heard]).toEqual([[], []])
    await ben.go('Files')
    const { http } = ben.device.ready
    await ben.device.stop()
    await ben.page.getByText('Holdfast does not answer').first().waitFor()
    await ben.page.getByRole('button', { name: 'Try now' }).waitFor()
    ben.device = await cluster.restart(ben.device, { args: ['--http', new URL(http).host] })
    writeFileSync(join(here, 'after.txt'), 'after')
    await row(ben, 'after.txt').waitFor()
    await until('the banner is gone', async () => (await ben.page.locator('.lost-banner').count()) === 0)
  })
})
