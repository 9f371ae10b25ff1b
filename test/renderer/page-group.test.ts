import type { Page } from 'playwright-core'
import { describe, expect } from 'vitest'
import { eventually } from '../api/eventually.ts'
import { OTHER, STRANGER } from '../api/memory-backend.ts'
import { faultsOf } from './faults.ts'
import { hasBrowser, it as ofPage } from './open-page.ts'
import { refuseCodes, withGroup } from './peers-backend.ts'

const it = ofPage.extend<{ page: Page }>({
  page: async ({ page, backend }, use) => {
    withGroup(backend)
    backend.announce({ event: 'resync', data: {} })
    await page.getByRole('link', { name: 'Devices' }).click()
    await page.getByText('attic', { exact: true }).waitFor()
    await use(page)
  },
})

const rowOf = (page: Page, name: string) => page.locator('.device', { hasText: name })

/** Words in headings of tables that begin on one line and end on the next. */
const BROKEN_WORDS = `[...document.querySelectorAll('dialog[open] thead th')].flatMap(({ firstChild: text }) =>
  [...text.data.matchAll(/\\S+/g)].flatMap(({ 0: word, index }) => {
    const range = document.createRange()
    range.setStart(text, index)
    range.setEnd(text, index + word.length)
    return range.getClientRects().length > 1 ? [word] : []
  }),
)`

describe.skipIf(!hasBrowser)('the page, of a group,', () => {
  it('says how each device is connected, how much of it is in sync, and what keeps it from more', async ({ page, backend }) => {
    const kitchen = rowOf(page, 'kitchen')
    await kitchen.getByText('directly, in this network (192.168.1.4:4001)').waitFor()
    await kitchen.getByText('answers in 1.2 ms').waitFor()
    await kitchen.getByText('2.4 MB/s').waitFor()
    // 99.96 is not all.
    await kitchen.getByText('99 % in sync').waitFor()
    await kitchen.getByText('keeps 50 GB of room').waitFor()
    await rowOf(page, 'laptop').getByText('through a relay').waitFor()
    await rowOf(page, 'attic').getByText('is full. Give it more room').waitFor()
    await rowOf(page, 'phone').getByText('last seen').waitFor()
    const [peer] = backend.peerList
    backend.announce({ event: 'peer', data: { ...peer!, syncedPercent: 100 } })
    await kitchen.getByText('in sync', { exact: true }).waitFor()
  })

  it('says what the removal of a device does before it is removed', async ({ page, backend, called }) => {
    let asked: unknown[] = []
    const remove = backend.removeDevice
    const gate = Promise.withResolvers<undefined>()
    backend.removeDevice = async (input, signal) => {
      asked = [...asked, input]
      if (!input.dryRun) await gate.promise
      const told = await remove({ ...input, device: 'kitchen' }, signal)
      return {
        ...told,
        notes: [{ folder: 'photos', reasonCode: 'only-copy', message: '3 files are on it alone', hint: 'start it' }],
      }
    }
    await page.getByRole('button', { name: 'Remove kitchen' }).click()
    const dialog = page.getByRole('dialog', { name: 'Remove kitchen?' })
    await dialog.getByText('3 files are on it alone. Start it.').waitFor()
    await dialog.getByRole('cell', { name: '2 devices (fewer than the 3 wanted)' }).waitFor()
    await dialog.getByRole('cell', { name: '50%' }).waitFor()
    await page.setViewportSize({ width: 400, height: 800 })
    expect(await page.evaluate(BROKEN_WORDS)).toEqual([])
    expect(
      await page.evaluate(
        'document.querySelector("dialog[open]").scrollWidth <= document.querySelector("dialog[open]").clientWidth',
      ),
    ).toBe(true)
    expect(await faultsOf(page)).toEqual([])
    expect(asked).toEqual([{ device: OTHER, now: false, dryRun: true }])
    await dialog.getByRole('button', { name: 'Remove kitchen' }).click()
    await dialog.getByRole('status').getByText('Removing kitchen: it is looked once more').waitFor()
    gate.resolve(undefined)
    await page.getByText('kitchen was removed from the group').waitFor()
    await page.locator(`[data-device="${OTHER}"]`).waitFor({ state: 'detached' })
    expect(called('removeDevice')).toEqual([])
  })

  it('goes on alone where another device removed this one, after it has said what that means', async ({
    page,
    backend,
    called,
  }) => {
    backend.removed = { by: OTHER, name: 'kitchen', role: 'member', time: new Date().toISOString() }
    backend.announce({ event: 'resync', data: {} })
    const notice = page.getByRole('alert').filter({ hasText: 'kitchen removed this device' })
    await notice.getByRole('button', { name: 'Go on alone' }).click()
    const dialog = page.getByRole('dialog', { name: 'Go on without the group?' })
    await dialog.getByText('Folders and files stay').waitFor()
    expect(called('leaveGroup')).toEqual([])
    backend.removed = null
    await dialog.getByRole('button', { name: 'Go on alone' }).click()
    await page.getByText('This device goes on alone').waitFor()
    expect(called('leaveGroup')).toEqual([{ now: false }])
    backend.announce({ event: 'resync', data: {} })
    await notice.waitFor({ state: 'detached' })
  })

  it('fills in the code of a link, and joins only when somebody says so', async ({ page, running, called }) => {
    await page.goto(`${running.server.url}/peers?join=hf1-abc`)
    await page.getByText('A link brought this code').waitFor()
    expect(await page.getByLabel('Code', { exact: true }).inputValue()).toBe('hf1-abc')
    expect(called('joinGroup')).toEqual([])
    await page.getByLabel('Code', { exact: true }).fill(' holdfast://join/hf1-abc ')
    await page.getByRole('button', { name: 'Join' }).click()
    await page.getByText('This device has joined the group').waitFor()
    expect(called('joinGroup')).toEqual([{ code: 'hf1-abc' }])
    await eventually(() => new URL(page.url()).search).toBe('')
  })

  it('says of a code that does not work why, and what comes next, and keeps it', async ({ page, backend }) => {
    refuseCodes(backend)
    await page.getByRole('button', { name: 'Add a device' }).click()
    for (const [code, said] of [
      ['used', 'On it, under Devices, choose Add a device, then Invite'],
      ['away', 'Then try the same code again'],
      ['hf', 'Copy the whole code'],
      ['grouped', 'leave it first: Settings, Leave the group'],
    ] as const) {
      await page.getByLabel('Code', { exact: true }).fill(code)
      await page.getByRole('button', { name: 'Join' }).click()
      await page.getByRole('alert').getByText(said).waitFor()
      expect(await page.getByLabel('Code', { exact: true }).inputValue()).toBe(code)
    }
  })

  it('shows an invitation as a picture, counts its time, and says when that is over', async ({ page, backend, called }) => {
    const invite = backend.createInvite
    let seconds = 90
    backend.createInvite = async (input, signal) => ({
      ...(await invite(input, signal)),
      expires: new Date(Date.now() + seconds * 1_000).toISOString(),
    })
    await page.getByRole('button', { name: 'Add a device' }).click()
    await page.getByRole('radio', { name: /^Only for storage/ }).check()
    await page.getByRole('button', { name: 'Invite' }).click()
    await page.getByText(/^1:(2\d|30) left$/).waitFor()
    await page.getByRole('img', { name: 'The invitation' }).waitFor()
    expect(await faultsOf(page)).toEqual([])
    expect(called('createInvite')).toEqual([{ role: 'storage', expiresSeconds: 900 }])
    seconds = 1
    await page.getByRole('button', { name: 'Make another' }).click()
    await page.getByRole('alert').getByText('The time of this code is over').waitFor()
    await page.getByText('hf1-abcdefgh').waitFor({ state: 'detached' })
  })

  it('leads from a pairing that failed to the next one', async ({ page, backend, go }) => {
    await go('Folders')
    const end = { device: STRANGER, name: 'phone', joined: false, message: 'the pairing was refused here', hint: null }
    backend.announce({ event: 'pairing-ended', data: end })
    await page.getByRole('link', { name: 'Pair again' }).click()
    await page.getByRole('heading', { name: 'Add a device' }).waitFor()
    await page.getByText('Not paired with phone').waitFor({ state: 'detached' })
  })
})
