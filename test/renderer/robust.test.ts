import type { Page } from 'playwright-core'
import { describe, expect } from 'vitest'
import { eventually } from '../api/eventually.ts'
import { OTHER } from '../api/memory-backend.ts'
import { conflictOf, MemoryPast, PHOTOS } from './history-backend.ts'
import { hasBrowser, it } from './open-page.ts'

const BROKEN = 'This part of the page could not be shown'

describe.skipIf(!hasBrowser)('the page goes on', () => {
  it('where the daemon does not answer when a part of it is first asked for, which is there as soon as it does', async ({
    page,
    go,
    card,
  }) => {
    await card('photos').waitFor()
    await page.evaluate('window.kept = true')
    await page.context().route('**/*', (route) => route.abort())
    await page.keyboard.press('Control+k')
    const dialog = page.getByRole('dialog', { name: 'Commands and files' })
    await dialog.getByText('Loading…').waitFor()
    await page.keyboard.press('Escape')
    await dialog.waitFor({ state: 'detached' })
    await card('photos').waitFor()
    await go('Devices')
    await page.getByRole('main').getByText('Loading…').waitFor()
    await page.context().unroute('**/*')
    await page.getByRole('heading', { name: 'Devices' }).waitFor()
    await page.keyboard.press('Control+k')
    await page.getByRole('combobox').waitFor()
    expect(await page.evaluate('window.kept')).toBe(true)
  })

  it('where an upgrade took a part of it away: loaded anew by itself once, and then by whoever wants to', async ({
    page,
    go,
    card,
  }) => {
    await card('photos').waitFor()
    const gone = (name: string) => page.context().route(`**/${name}-*.js`, (route) => route.fulfill({ status: 404 }))
    await gone('peers')
    await gone('palette')
    let loads = 0
    page.on('load', () => loads++)
    await go('Devices')
    await page.getByRole('alert').getByText(BROKEN).waitFor()
    expect(loads).toBe(1)
    await go('Settings')
    await page.getByRole('heading', { name: 'Settings' }).waitFor()
    await page.evaluate('window.kept = true')
    await page.keyboard.press('Control+k')
    await page.getByRole('dialog', { name: BROKEN }).waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('heading', { name: 'Settings' }).waitFor()
    expect(await page.evaluate('window.kept')).toBe(true)
    await page.context().unroute('**/peers-*.js')
    await go('Devices')
    await page.getByRole('alert').getByRole('button', { name: 'Load again' }).click()
    await page.getByRole('heading', { name: 'Devices' }).waitFor()
  })

  for (const [place, part, picture] of [
    ['Health', '**/uPlot.esm-*.js', '.health-plot canvas'],
    ['Devices', '**/dist-*.js', 'svg.peers-qr'],
  ] as const)
    it(`on ${place} where what draws a picture comes at the second try only, or not at all`, async ({
      page,
      go,
      card,
      context,
    }) => {
      await card('photos').waitFor()
      let tries = 0
      const refuse = async (most: number): Promise<void> => {
        tries = 0
        await context.route(part, (route) => (++tries > most ? route.continue() : route.abort()))
      }
      const show = async (): Promise<void> => {
        await go(place)
        if (place === 'Health') return await page.getByRole('heading', { name: 'Throughput' }).waitFor()
        await page.getByRole('button', { name: 'Add a device' }).click()
        await page.getByRole('button', { name: 'Invite' }).click()
        await page.getByText('hf1-abcdefgh').waitFor()
      }
      await refuse(Infinity)
      await show()
      await eventually(() => tries).toBeGreaterThan(1)
      expect(await page.locator(picture).count()).toBe(0)
      expect(await page.getByText(BROKEN).count()).toBe(0)
      await context.unroute(part)
      await refuse(1)
      await page.reload()
      await show()
      await page.locator(picture).first().waitFor()
      expect(tries).toBeGreaterThan(1)
    })

  it('where now this part of it is gone and now that one: loaded anew at most three times in a minute', async ({
    page,
    go,
    card,
  }) => {
    await card('photos').waitFor()
    await page.context().route(/(peers|health)-[^/]*\.js$/, (route) => route.fulfill({ status: 404 }))
    let loads = 0
    page.on('load', () => loads++)
    for (const place of ['Devices', 'Health', 'Devices', 'Health']) {
      await go('Settings')
      await page.getByRole('heading', { name: 'Settings' }).waitFor()
      await go(place)
      await page.getByRole('alert').getByText(BROKEN).waitFor()
    }
    expect(loads).toBe(3)
  })

  it('where files are dropped beside what takes them, and says where they can be', async ({ page, go, card }) => {
    await card('photos').waitFor()
    await go('Settings')
    await page.getByRole('heading', { name: 'Settings' }).waitFor()
    const cdp = await page.context().newCDPSession(page)
    const at = { x: 700, y: 300, data: { items: [], files: [import.meta.filename], dragOperationsMask: 1 } }
    for (const type of ['dragEnter', 'dragOver', 'drop'] as const) await cdp.send('Input.dispatchDragEvent', { type, ...at })
    await page.getByRole('status').getByText('Nothing here takes files').waitFor()
    expect(new URL(page.url()).pathname).toBe('/settings')
  })

  it('where its host says in the app that no daemon answers, as where none does', async ({ page, card }) => {
    await card('photos').waitFor()
    const body = JSON.stringify({ error: { code: 'no-daemon', message: 'the daemon does not answer' } })
    await page.context().route('**/api/**', (route) => route.fulfill({ status: 503, contentType: 'application/json', body }))
    await page.getByText('Pause all').click()
    await page.getByRole('button', { name: 'until resumed' }).click()
    await page.getByText('Holdfast does not answer: nothing was done. Is it still running?').waitFor()
  })

  it('and says at once that another device removed this one from its group', async ({ page, backend, card }) => {
    await card('photos').waitFor()
    backend.removed = { by: OTHER, name: 'kitchen', time: '2030-01-02T03:04:05.000Z', role: 'member' }
    backend.deviceList = backend.deviceList.filter(({ device }) => device !== OTHER)
    backend.announce({ event: 'devices', data: backend.deviceList })
    await page.getByText('kitchen removed this device from its group').waitFor()
  })

  it('and what happened a while ago stays shown when more happens', async ({ page, backend, go, card }) => {
    const [first] = backend.activityList
    const item = (number: number) => ({ ...first!, number, path: `${number}.txt`, event: number % 2 === 0 ? 'added' : 'deleted' })
    backend.activityList = Array.from({ length: 150 }, (_, at) => item(at + 1))
    await page.reload()
    await card('photos').waitFor()
    await go('Health')
    const list = page.locator('ol.activity')
    await list.getByText('150.txt').waitFor()
    for (let shown = 20; shown < 150; shown += 20) {
      await page.getByRole('button', { name: 'Show older' }).click()
      await eventually(() => list.getByRole('listitem').count()).toBe(Math.min(150, shown + 20))
    }
    backend.activityList = [...backend.activityList, item(151)]
    backend.announce({ event: 'resync', data: {} })
    await list.getByText('151.txt').waitFor()
    await list.getByText('photos/2.txt').waitFor()
  })
})

describe.skipIf(!hasBrowser)('a name that turns text around', () => {
  it('turns nothing on any screen, and is seen for what it is', async ({ page, running, backend }) => {
    const path = 'evil\u202Egpj.exe'
    const past = new MemoryPast(backend, { [path]: [{ ago: 9, content: 'one' }] })
    const shown = past.write(path, { ago: 3, content: 'two' })
    const conflict = conflictOf(path, [shown, past.write(path, { ago: 2, content: 'three', current: true })])
    backend.conflicts = async () => [conflict]
    backend.activityList = [{ ...backend.activityList[0]!, path, event: 'renamed', from: `${path}.old` }]
    const query = `folder=${PHOTOS}&path=${encodeURIComponent(path)}`
    for (const place of [`conflicts?${query}`, 'conflicts?path=gone', `history?${query}&version=${shown.version}`, 'health']) {
      await page.goto(`${running.server.url}/${place}`)
      await page.getByText('evil⟨U+202E⟩gpj.exe').first().waitFor()
      expect([place, await raw(page)]).toEqual([place, []])
    }
  })
})

/** What is shown with the mark in it. */
async function raw(page: Page): Promise<string[]> {
  return await page.evaluate(`document.body.innerText.split('\\n').filter((line) => line.includes('\\u202E'))`)
}
