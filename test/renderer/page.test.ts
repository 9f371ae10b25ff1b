import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { eventually } from '../api/eventually.ts'
import { folderStatus, MemoryBackend, OTHER, pairing, STRANGER } from '../api/memory-backend.ts'
import { startServer, type RunningServer } from '../api/running-server.ts'
import { buildPage, complaints, hasBrowser, openBrowser } from './browser.ts'

if (!hasBrowser) console.warn('The tests of the page are skipped: there is no Chromium here.')

describe.skipIf(!hasBrowser)('the page', () => {
  let directory: string
  let browser: Browser
  let context: BrowserContext
  let running: RunningServer
  let backend: MemoryBackend
  let page: Page
  let heard: string[]

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'holdfast-page-'))
    await buildPage(join(directory, 'ui'))
    browser = await openBrowser()
  })
  afterAll(async () => {
    await browser.close()
    await rm(directory, { recursive: true, force: true })
  })

  beforeEach(async () => {
    backend = new MemoryBackend()
    running = await startServer({ uiDirectory: join(directory, 'ui') }, backend)
    context = await browser.newContext({ viewport: { width: 1280, height: 800 } })
    page = await context.newPage()
    page.setDefaultTimeout(15_000)
    heard = complaints(page)
    await page.goto(running.server.launchUrl())
    await page.getByRole('heading', { name: 'desk' }).waitFor()
  })
  afterEach(async () => {
    await context.close()
    await running.close()
  })

  const card = (name: string) => page.locator(`[data-folder="${name}"]`)
  const called = (name: string) => backend.calls.filter((call) => call.name === name).map(({ input }) => input)

  it('opens by the link, shows this device, and leaves no secret in the address bar', async () => {
    expect(page.url()).toBe(`${running.server.url}/`)
    expect(await page.getByText('/ip4/127.0.0.1/tcp/4001').count()).toBe(1)
    await card('photos').getByText('1,200 entries, 5 GB').waitFor()
    await page.locator(`[data-device="${OTHER}"]`).getByText('connected').waitFor()
    expect(await context.cookies()).toMatchObject([{ httpOnly: true, sameSite: 'Strict' }])
    expect(await page.evaluate('document.cookie')).toBe('')
    expect(heard).toEqual([])
  })

  it('is not there for a browser without the link', async () => {
    const stranger = await browser.newContext()
    const other = await stranger.newPage()
    const answer = await other.goto(running.server.url)
    expect(answer?.status()).toBe(401)
    await other.getByText('Open the link that `holdfast status` prints').waitFor()
    await stranger.close()
  })

  it('follows what happens without asking again', async () => {
    const asked: string[] = []
    page.on('request', (request) => asked.push(request.url()))
    backend.announce({
      event: 'folder',
      data: folderStatus('photos', 'a'.repeat(26), {
        state: 'syncing',
        reason: 'Receiving from kitchen.',
        bytes: 100,
        needBytes: 300,
        needEntries: 2,
      }),
    })
    await card('photos').getByText('Syncing').waitFor()
    await card('photos').getByText('2 entries to come, 300 B').waitFor()
    await page.getByRole('status').getByText('Syncing, 300 B to come').waitFor()
    const transfer = {
      folder: 'photos',
      path: 'a/big.bin',
      direction: 'receive',
      device: OTHER,
      bytes: 5e6,
      totalBytes: 1e7,
      bytesPerSecond: 2e6,
    } as const
    backend.announce({
      event: 'transfers',
      data: { rates: { receiveBytesPerSecond: 2e6, sendBytesPerSecond: 0 }, transfers: [transfer] },
    })
    await page.getByText('5 MB of 10 MB').waitFor()
    await page.getByText('from kitchen', { exact: true }).waitFor()
    backend.announce({ event: 'transfers', data: { rates: { receiveBytesPerSecond: 0, sendBytesPerSecond: 0 }, transfers: [] } })
    await page.getByText('On the way').waitFor({ state: 'detached' })
    backend.announce({
      event: 'activity',
      data: {
        number: 4,
        time: new Date().toISOString(),
        event: 'renamed',
        folder: 'photos',
        path: 'a/big.bin',
        from: 'big.bin',
        device: OTHER,
        by: 'kitchen',
        detail: '',
      },
    })
    await page.getByText('photos/big.bin → photos/a/big.bin').waitFor()
    backend.announce({ event: 'peer', data: { device: OTHER, name: 'kitchen', connected: false, address: null, rttMs: null } })
    await page.locator(`[data-device="${OTHER}"]`).getByText('last seen').waitFor()
    backend.announce({ event: 'folder-gone', data: { id: 'a'.repeat(26) } })
    await card('photos').waitFor({ state: 'detached' })
    expect(asked).toEqual([])
    expect(heard).toEqual([])
  })

  it('shares a folder by its path, and says what is wrong with a path and what to do', async () => {
    await page.getByLabel('Folder on this computer').fill('/home/me/missing')
    await page.getByRole('button', { name: 'Share folder' }).click()
    await page.getByRole('alert').getByText('/home/me/missing is not there. Make the directory first.').waitFor()
    await page.getByLabel('Folder on this computer').fill('/home/me/letters')
    await page.getByRole('button', { name: 'Share folder' }).click()
    await card('letters').getByText('/home/me/letters').waitFor()
    expect(await page.getByRole('alert').count()).toBe(0)
    expect(await page.getByLabel('Folder on this computer').inputValue()).toBe('')
  })

  it('joins an offered folder, pauses and resumes', async () => {
    await card('music').getByLabel('Where it goes').fill('/home/me/music')
    await card('music').getByRole('button', { name: 'Join' }).click()
    await card('music').getByText('Syncing').waitFor()
    await card('music').getByRole('button', { name: 'Pause' }).click()
    await card('music').getByRole('button', { name: 'Resume' }).click()
    await card('music').getByText('Idle').waitFor()
    expect(called('pauseFolder')).toEqual([{ folder: 'e'.repeat(26), forSeconds: null }])
  })

  it('tells why an entry does not sync', async () => {
    await card('photos').getByText('Why 1 entry does not sync').click()
    await card('photos').getByText('Permission denied. Let this user read it.').waitFor()
    backend.problemList = []
    backend.announce({ event: 'problems', data: { folder: 'photos' } })
    await card('photos').getByText('Why 1 entry does not sync').waitFor({ state: 'detached' })
  })

  it('tells of a tree once why it does not sync, and lists all of it where that is asked for', async () => {
    const [one] = backend.problemList
    backend.problemList = ['new', ...Array.from({ length: 40 }, (_, n) => `new/${n}.txt`)].map((path) => ({ ...one!, path }))
    backend.announce({ event: 'problems', data: { folder: 'photos' } })
    await card('photos').getByText('Why 41 entries do not sync').click()
    await card('photos').getByText('and 40 entries in it: Permission denied.').waitFor()
    expect(await card('photos').locator('.problems li').count()).toBe(1)
    await card('photos').getByRole('button', { name: 'List all 41' }).click()
    await card('photos').getByText('new/39.txt').waitFor()
    expect(await card('photos').locator('.problems li').count()).toBe(41)
  })

  it('lets somebody choose in a conflict', async () => {
    await page.getByRole('button', { name: 'Keep the other' }).click()
    await eventually(() => called('resolveConflict')).toEqual([{ folder: 'photos', path: 'notes.txt', keep: 'theirs' }])
    await page.getByRole('button', { name: 'Keep this one' }).click()
    await eventually(() => called('resolveConflict')[1]).toEqual({ folder: 'photos', path: 'notes.txt', keep: 'mine' })
  })

  it('asks before deletions of many files go out', async () => {
    backend.announce({
      event: 'folder',
      data: folderStatus('photos', 'a'.repeat(26), {
        state: 'held',
        reasonCode: 'many-deletions',
        reason: '40 of 50 files vanished.',
      }),
    })
    await card('photos').getByRole('button', { name: 'Bring files back' }).waitFor()
    await page.getByRole('status').getByText('1 folder needs you').waitFor()
  })

  it('goes on with a blocked folder as it is only where something is there', async () => {
    for (const [reasonCode, buttons] of Object.entries({ 'root-replaced': 1, 'root-missing': 0 })) {
      const data = folderStatus('photos', 'a'.repeat(26), { state: 'blocked', reasonCode, reason: `So it is: ${reasonCode}.` })
      backend.announce({ event: 'folder', data })
      await card('photos').getByText(data.reason).waitFor()
      expect(await card('photos').getByRole('button', { name: 'Go on with it as it is' }).count()).toBe(buttons)
    }
  })

  it('does not call in sync what is paused, or kept from this device by its role', async () => {
    backend.conflicts = () => Promise.resolve([])
    await page.reload()
    await card('photos').waitFor()
    for (const more of [
      { state: 'paused', reasonCode: 'paused', reason: 'Paused by you.' },
      { role: 'none', reasonCode: 'no-role', reason: 'Not synced: this device has the role none.' },
    ] as const) {
      for (const { id, name } of backend.folderList.filter((folder) => folder.state !== 'offered'))
        backend.announce({ event: 'folder', data: folderStatus(name, id, more) })
      await page.getByText(more.reason).first().waitFor()
      await page
        .getByRole('status')
        .getByText(/being synced$/)
        .waitFor()
    }
  })

  it('does not call in sync what waits on another device', async () => {
    backend.conflicts = () => Promise.resolve([])
    const reason = 'Up to date here; on kitchen many entries vanished at once and wait there for a decision.'
    backend.folderList = [folderStatus('photos', 'a'.repeat(26), { reasonCode: 'waits-elsewhere', reason })]
    await page.reload()
    await card('photos').getByText(reason).waitFor()
    await page.getByRole('status').getByText('1 folder waits for another device').waitFor()
  })

  it('invites, and joins by a code', async () => {
    await page.getByRole('button', { name: 'Open' }).click()
    await page.getByRole('button', { name: 'Invite' }).click()
    await page.getByText('hf1-abcdefgh').waitFor()
    await context.grantPermissions(['clipboard-read', 'clipboard-write'])
    await page.getByRole('button', { name: 'Copy code' }).click()
    expect(await page.evaluate('navigator.clipboard.readText()')).toBe('hf1-abcdefgh')
    await page.getByLabel('Code').fill('wrong')
    await page.getByRole('button', { name: 'Join' }).last().click()
    await page.getByRole('alert').getByText('This code is not valid. Ask for a new one.').waitFor()
  })

  it('pairs with a nearby device by six digits', async () => {
    expect(called('openPairing')).toEqual([])
    await page.getByRole('button', { name: 'Open' }).click()
    await eventually(() => called('openPairing')).toEqual([{ seconds: 120 }])
    await page.getByRole('button', { name: 'Pair' }).click()
    const dialog = page.getByRole('alertdialog', { name: 'Pairing with phone' })
    await dialog.getByText('314 159').waitFor()
    await dialog.getByRole('button', { name: 'They are the same' }).click()
    await dialog.getByText('Waiting for phone to accept').waitFor()
    backend.announce({ event: 'pairings', data: [] })
    await dialog.waitFor({ state: 'detached' })
  })

  it('shows a pairing that the other side began, to accept or refuse', async () => {
    backend.pairingList = [pairing(backend.nearbyList[0]!)]
    backend.announce({ event: 'pairings', data: backend.pairingList })
    await page.getByRole('button', { name: 'Refuse' }).click()
    await eventually(() => called('refusePairing')).toEqual([{ device: STRANGER }])
    await page.getByRole('alertdialog').waitFor({ state: 'detached' })
  })

  it('goes on by itself after the daemon was started again', async () => {
    const port = Number(new URL(running.server.url).port)
    await running.server.stop()
    await page.getByText('Holdfast does not answer').waitFor()
    const later = new MemoryBackend()
    later.folderList = [folderStatus('after', 'u'.repeat(26))]
    const again = await startServer(
      { home: running.home, uiDirectory: join(directory, 'ui'), http: { host: '127.0.0.1', port, fallback: false } },
      later,
    )
    await card('after').waitFor({ timeout: 20_000 })
    expect(await page.getByText('Holdfast does not answer').count()).toBe(0)
    await again.server.stop()
  })

  it('tells devices of one name apart by the ends of their ids', async () => {
    const devices = backend.deviceList.map((device) => ({ ...device, name: 'desk' }))
    backend.announce({ event: 'devices', data: devices })
    await page
      .locator(`[data-device="${OTHER}"]`)
      .getByText(`desk (${OTHER.slice(-8)})`)
      .waitFor()
    backend.announce({ event: 'nearby', data: [{ device: STRANGER, name: 'desk', address: '', digits: null }] })
    await page.getByRole('button', { name: 'Open' }).click()
    await page.getByText(`desk (${STRANGER.slice(-8)})`).waitFor()
  })

  it('asks for everything again when events were passed over', async () => {
    backend.folderList = [folderStatus('fresh', 'u'.repeat(26))]
    backend.announce({ event: 'resync', data: {} })
    await card('fresh').waitFor()
    expect(await card('photos').count()).toBe(0)
  })

  it('says above all else that this device was removed from its group, by whom, and what to do', async () => {
    backend.removed = { by: OTHER, name: 'kitchen', time: new Date().toISOString() }
    backend.announce({ event: 'resync', data: {} })
    await page.getByRole('status').getByText('Removed from its group').waitFor()
    const notice = page.getByRole('alert')
    await notice.getByText('kitchen removed this device').waitFor()
    await notice.getByText('Enter a code').waitFor()
    backend.removed = null
    backend.announce({ event: 'resync', data: {} })
    await notice.waitFor({ state: 'detached' })
  })

  it('uses one event stream for all its tabs, whichever is closed', async () => {
    const second = await context.newPage()
    await second.goto(running.server.url)
    await second.locator('[data-folder="photos"]').waitFor()
    expect(backend.listeners.size).toBe(1)
    await page.close()
    await eventually(() => backend.listeners.size).toBe(1)
    backend.folderList = [folderStatus('fresh', 'u'.repeat(26))]
    backend.announce({ event: 'resync', data: {} })
    await second.locator('[data-folder="fresh"]').waitFor()
    expect(backend.listeners.size).toBe(1)
  })

  it('shows foreign names as text, never as markup', async () => {
    const name = `<img src=x onerror="document.title='caught'">`
    backend.announce({ event: 'folder', data: folderStatus('evil', 'u'.repeat(26), { name, reason: '<b>bold</b>' }) })
    await page.getByRole('heading', { name }).waitFor()
    expect(await page.title()).toBe('desk – Holdfast')
    expect(heard).toEqual([])
  })

  it('fits a narrow screen', async () => {
    backend.announce({ event: 'folder', data: folderStatus('x'.repeat(100), 'u'.repeat(26), { path: `/${'y'.repeat(300)}` }) })
    await card('x'.repeat(100)).waitFor()
    await page.setViewportSize({ width: 400, height: 800 })
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(400)
  })

  it('runs nothing that its policy forbids', async () => {
    await page.evaluate(`{
      const script = document.createElement('script')
      script.textContent = "document.title = 'caught'"
      document.body.append(script)
    }`)
    expect(await page.title()).toBe('desk – Holdfast')
    expect(heard.join()).toContain('Content Security Policy')
  })
})
