import type { Page } from 'playwright-core'
import { describe, expect } from 'vitest'
import { eventually } from '../api/eventually.ts'
import { OTHER, pairing, STRANGER } from '../api/memory-backend.ts'
import { hasBrowser, it as ofPage } from './open-page.ts'

const it = ofPage.extend<{ page: Page }>({
  page: async ({ page }, use) => {
    await page.getByRole('link', { name: 'Devices' }).click()
    await page.getByRole('heading', { name: 'Devices' }).waitFor()
    await use(page)
  },
})

describe.skipIf(!hasBrowser)('the page, of devices,', () => {
  it('invites, and joins by a code', async ({ page, context }) => {
    await page.getByRole('button', { name: 'Add a device' }).click()
    await page.getByRole('button', { name: 'Invite' }).click()
    await page.getByText('hf1-abcdefgh').waitFor()
    await context.grantPermissions(['clipboard-read', 'clipboard-write'])
    await page.getByRole('button', { name: 'Copy code' }).click()
    await eventually(() => page.evaluate('navigator.clipboard.readText()')).toBe('hf1-abcdefgh')
    await page.getByLabel('Code').fill('wrong')
    await page.getByRole('button', { name: 'Join' }).last().click()
    await page.getByRole('alert').getByText('This code is not valid.').waitFor()
  })

  it('pairs with a nearby device by six digits', async ({ page, backend, called }) => {
    expect(called('openPairing')).toEqual([])
    await page.getByRole('button', { name: 'Add a device' }).click()
    await eventually(() => called('openPairing')).toEqual([{ seconds: 120 }])
    await page.getByRole('button', { name: 'Pair' }).click()
    const dialog = page.getByRole('alertdialog', { name: 'Pairing with phone' })
    await dialog.getByText('314 159').waitFor()
    await dialog.getByRole('button', { name: 'They are the same' }).click()
    await dialog.getByText('Waiting for phone to accept').waitFor()
    backend.announce({ event: 'pairings', data: [] })
    await dialog.waitFor({ state: 'detached' })
  })

  it('shows a pairing that the other side began, to accept or refuse', async ({ page, backend, called }) => {
    backend.pairingList = [pairing(backend.nearbyList[0]!)]
    backend.announce({ event: 'pairings', data: backend.pairingList })
    await page.getByRole('button', { name: 'Refuse' }).click()
    await eventually(() => called('refusePairing')).toEqual([{ device: STRANGER, reason: 'refused' }])
    await page.getByRole('alertdialog').waitFor({ state: 'detached' })
  })

  it('counts to when the daemon says that a pairing ends, and then says so, and how to begin again', async ({
    page,
    backend,
  }) => {
    const expires = new Date(Date.now() + 2_500).toISOString()
    backend.pairingList = [{ ...pairing(backend.nearbyList[0]!), expires }]
    backend.announce({ event: 'pairings', data: backend.pairingList })
    await page.getByText('0:02 left to decide').waitFor()
    const over = page.getByRole('alert').filter({ hasText: 'Time is up' })
    await over.waitFor()
    await over.getByRole('link', { name: 'Pair again' }).click()
    await page.getByRole('heading', { name: 'Add a device' }).waitFor()
    // The end is told while nobody listens.
    backend.pairingList = []
    backend.announce({ event: 'resync', data: {} })
    await page.getByText('It ended while Holdfast was not heard here.').waitFor()
  })

  it('says to the other side that the digits differ', async ({ page, backend, called }) => {
    backend.announce({ event: 'pairings', data: (backend.pairingList = [pairing(backend.nearbyList[0]!)]) })
    await page.getByRole('button', { name: 'They differ' }).click()
    await eventually(() => called('refusePairing')).toEqual([{ device: STRANGER, reason: 'differ' }])
  })

  it('tells devices of one name apart by the ends of their ids', async ({ page, backend }) => {
    const devices = backend.deviceList.map((device) => ({ ...device, name: 'desk' }))
    backend.announce({ event: 'devices', data: devices })
    await page
      .locator(`[data-device="${OTHER}"]`)
      .getByText(`desk (${OTHER.slice(-8)})`)
      .waitFor()
    await page.getByRole('button', { name: 'Add a device' }).click()
    await page.getByText('phone').waitFor()
    backend.announce({ event: 'nearby', data: [{ device: STRANGER, name: 'desk', address: '', digits: null }] })
    await page.getByText(`desk (${STRANGER.slice(-8)})`).waitFor()
  })

  it('lists a recovery kit as what it is, and counts it as no device', async ({ page, backend }) => {
    const [own] = backend.deviceList
    const kit = { ...own!, device: STRANGER, name: 'recovery-kit', role: 'recovery', connected: false } as const
    backend.announce({ event: 'devices', data: [own!, { ...kit, lastSeen: '2030-01-02T03:04:05.000Z' }] })
    const row = page.locator(`[data-device="${STRANGER}"]`)
    await row.getByText('recovery kit, made').waitFor()
    expect(await row.innerText()).not.toContain('seen')
    // As on a device that is alone: ways to a second one are open.
    await page.getByRole('button', { name: 'Invite' }).waitFor()
  })

  it('says how a pairing ended until that was read, or another one begins', async ({ page, backend }) => {
    const end = { device: STRANGER, name: 'phone', joined: false, message: 'it was late', hint: 'pair again' }
    backend.announce({ event: 'pairing-ended', data: end })
    const alert = page.getByRole('alert')
    await alert.getByText('Not paired with phone').waitFor()
    await alert.getByText('It was late. Neither device has joined the other. Pair again.').waitFor()
    backend.announce({ event: 'resync', data: {} })
    await page.getByRole('button', { name: 'OK' }).click()
    await alert.waitFor({ state: 'detached' })
    backend.announce({ event: 'pairing-ended', data: { ...end, joined: true, message: null, hint: null } })
    await page.getByText('Paired with phone').waitFor()
    backend.announce({ event: 'pairings', data: [pairing(backend.nearbyList[0]!)] })
    await page.getByText('Paired with phone').waitFor({ state: 'detached' })
  })

  it('takes the good news of a pairing from whoever goes on, or has had a minute to see it', async ({ page, backend, go }) => {
    await page.clock.install()
    const end = { device: STRANGER, name: 'phone', joined: true, message: null, hint: null }
    const news = page.getByText('Paired with phone')
    backend.announce({ event: 'pairing-ended', data: end })
    await news.waitFor()
    await go('Settings')
    await news.waitFor({ state: 'detached' })
    backend.announce({ event: 'pairing-ended', data: end })
    await news.waitFor()
    await page.clock.runFor(70_000)
    await news.waitFor({ state: 'detached' })
  })

  it('lists who comes and goes nearby, and keeps that when all is asked for anew', async ({ page, backend }) => {
    await page.getByRole('button', { name: 'Add a device' }).click()
    const rows = page.locator('.nearby')
    await rows.getByText('phone').waitFor()
    const [own] = backend.deviceList
    backend.deviceList = [{ ...own!, name: 'renamed' }]
    backend.announce({ event: 'resync', data: {} })
    await page.getByText('renamed', { exact: true }).waitFor()
    expect(await rows.count()).toBe(1)
    const laptop = { device: STRANGER.replace(/.$/, 'x'), name: 'laptop', address: '/ip4/192.0.2.8/tcp/4001', digits: null }
    backend.announce({ event: 'nearby', data: [...backend.nearbyList, laptop] })
    await rows.getByText('laptop').waitFor()
    expect(await rows.count()).toBe(2)
    backend.announce({ event: 'nearby', data: [laptop] })
    await rows.getByText('phone').waitFor({ state: 'detached' })
    backend.announce({ event: 'nearby', data: [] })
    await page.getByText('Start Holdfast on another device').waitFor()
  })

  it('says above all else that this device was removed from its group, by whom, and what to do', async ({ page, backend }) => {
    backend.removed = { by: OTHER, name: 'kitchen', time: new Date().toISOString(), role: 'member' }
    backend.announce({ event: 'resync', data: {} })
    await page.getByRole('status').getByText('Removed from its group').waitFor()
    const notice = page.getByRole('alert')
    await notice.getByText('kitchen removed this device').waitFor()
    await notice.getByText('Enter a code').waitFor()
    backend.removed = null
    backend.announce({ event: 'resync', data: {} })
    await notice.waitFor({ state: 'detached' })
  })
})
