import { describe, expect } from 'vitest'
import { eventually } from '../api/eventually.ts'
import { folderStatus, MemoryBackend, OTHER } from '../api/memory-backend.ts'
import { startServer } from '../api/running-server.ts'
import { hasBrowser, it, itAlone } from './open-page.ts'

describe.skipIf(!hasBrowser)('the page', () => {
  itAlone(
    'opens by the link, shows this device, and leaves no secret in the address bar',
    async ({ page, context, running, heard, card, go }) => {
      expect(page.url()).toBe(`${running.server.url}/`)
      await card('photos').getByText('1,200 entries, 5 GB').waitFor()
      await go('Devices')
      await page.getByText('/ip4/127.0.0.1/tcp/4001').waitFor()
      await page.locator(`[data-device="${OTHER}"]`).getByText('connected').waitFor()
      expect(await context.cookies()).toMatchObject([{ httpOnly: true, sameSite: 'Strict' }])
      expect(await page.evaluate('document.cookie')).toBe('')
      expect(heard).toEqual([])
    },
  )

  it('is not there for a browser without the link', async ({ browser, running }) => {
    const stranger = await browser.newContext()
    const other = await stranger.newPage()
    const answer = await other.goto(running.server.url)
    expect(answer?.status()).toBe(401)
    await other.getByText('Open the link that `holdfast status` prints').waitFor()
    await stranger.close()
  })

  it('follows what happens without asking again', async ({ page, backend, heard, card, go }) => {
    for (const [place, heading] of Object.entries({ Devices: 'Devices', Health: 'Activity', Folders: 'Folders' })) {
      await go(place)
      await page.getByRole('heading', { name: heading, exact: true }).waitFor()
    }
    await card('photos').waitFor()
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
      data: { rates: { receiveBytesPerSecond: 2e6, sendBytesPerSecond: 0 }, peers: [], transfers: [transfer] },
    })
    await page.getByText('5 MB of 10 MB').waitFor()
    await page.getByText('from kitchen', { exact: true }).waitFor()
    backend.announce({
      event: 'transfers',
      data: { rates: { receiveBytesPerSecond: 0, sendBytesPerSecond: 0 }, peers: [], transfers: [] },
    })
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
    await go('Devices')
    backend.announce({
      event: 'peer',
      data: { device: OTHER, name: 'kitchen', connected: false, address: null, rttMs: null, syncedPercent: null, obstacle: null },
    })
    await page.locator(`[data-device="${OTHER}"]`).getByText('last seen').waitFor()
    await go('Folders')
    await card('photos').waitFor()
    backend.announce({ event: 'folder-gone', data: { id: 'a'.repeat(26) } })
    await card('photos').waitFor({ state: 'detached' })
    expect(asked).toEqual([])
    // What no event tells is asked for when it is shown.
    await go('Health')
    await page.getByText('photos/big.bin → photos/a/big.bin').waitFor()
    expect(heard).toEqual([])
  })

  itAlone('goes on by itself after the daemon was started again', async ({ page, running, ui, card }) => {
    const port = Number(new URL(running.server.url).port)
    await running.server.stop()
    await page.getByText('Holdfast does not answer').waitFor()
    const later = new MemoryBackend()
    later.folderList = [folderStatus('after', 'u'.repeat(26))]
    const again = await startServer(
      { home: running.home, uiDirectory: ui, http: { host: '127.0.0.1', port, fallback: false } },
      later,
    )
    await card('after').waitFor({ timeout: 20_000 })
    expect(await page.getByText('Holdfast does not answer').count()).toBe(0)
    await again.server.stop()
  })

  it('asks for everything again when events were passed over', async ({ backend, card }) => {
    backend.folderList = [folderStatus('fresh', 'u'.repeat(26))]
    backend.announce({ event: 'resync', data: {} })
    await card('fresh').waitFor()
    expect(await card('photos').count()).toBe(0)
  })

  itAlone('uses one event stream for all its tabs, whichever is closed', async ({ page, context, running, backend }) => {
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

  it('shows foreign names as text, never as markup', async ({ page, backend, heard }) => {
    const name = `<img src=x onerror="document.title='caught'">`
    backend.announce({ event: 'folder', data: folderStatus('evil', 'u'.repeat(26), { name, reason: '<b>bold</b>' }) })
    await page.getByRole('heading', { name }).waitFor()
    expect(await page.title()).toBe('desk – Holdfast')
    expect(heard).toEqual([])
  })

  it('fits a narrow screen', async ({ page, backend, card }) => {
    backend.announce({ event: 'folder', data: folderStatus('x'.repeat(100), 'u'.repeat(26), { path: `/${'y'.repeat(300)}` }) })
    await card('x'.repeat(100)).waitFor()
    await page.setViewportSize({ width: 400, height: 800 })
    await eventually(() => page.evaluate('document.documentElement.scrollWidth')).toBe(400)
  })

  it('runs nothing that its policy forbids', async ({ page, heard }) => {
    await page.evaluate(`{
      const script = document.createElement('script')
      script.textContent = "document.title = 'caught'"
      document.body.append(script)
    }`)
    await eventually(() => heard.join()).toContain('Content Security Policy')
    await eventually(() => page.title()).toBe('desk – Holdfast')
  })
})
