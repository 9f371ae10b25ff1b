import type { Page } from 'playwright-core'
import { describe, expect } from 'vitest'
import { eventually } from '../api/eventually.ts'
import { MemoryPast, PHOTOS } from './history-backend.ts'
import { hasBrowser, it } from './open-page.ts'

/** What a file would do if any of it ran, or were followed: each leaves a mark, or asks for something. */
const HOSTILE = `<script>document.title = 'caught'</script>
<img src="/api/v1/status?caught" onerror="document.title = 'caught'">
<iframe srcdoc="<script>parent.document.title = 'caught'</script>"></iframe>
<link rel="stylesheet" href="/caught.css"><style>body { display: none }</style>
<meta http-equiv="refresh" content="0; url=/caught"><base href="https://caught.example/">`
const SVG = `<svg xmlns="http://www.w3.org/2000/svg" onload="document.title = 'caught'"><image href="/caught.png"/>${HOSTILE}</svg>`
/** One dot. */
const DOT = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
)

async function show(page: Page, url: string, past: MemoryPast, path: string, compare?: string): Promise<void> {
  const { version } = past.versions(path)[0]!
  const query = { folder: PHOTOS, path, version, ...(compare === undefined ? {} : { compare }) }
  await page.goto(`${url}/history?${new URLSearchParams(query).toString()}`)
  await page.locator('.history-pane').getByRole('heading', { name: path }).waitFor()
}

describe.skipIf(!hasBrowser)('a preview', () => {
  it('shows markup as it is written, whatever its name says: nothing of it runs, and nothing is asked for', async ({
    page,
    running,
    backend,
    heard,
  }) => {
    const paths = { 'page.html': HOSTILE, 'drawing.svg': SVG, 'picture.png': HOSTILE, 'film.mp4': SVG }
    const past = new MemoryPast(
      backend,
      Object.fromEntries(Object.entries(paths).map(([path, content]) => [path, [{ ago: 1, content }]])),
    )
    const asked: string[] = []
    page.on('request', (request) => asked.push(request.url()))
    for (const [path, content] of Object.entries(paths)) {
      await show(page, running.server.url, past, path)
      const text = page.locator('.preview-text')
      await text.waitFor()
      expect(await text.textContent()).toBe(content)
      expect(await text.locator('*').count()).toBe(0)
      expect(await page.locator('.history-pane :is(iframe, object, embed, img, video)').count()).toBe(0)
    }
    await page.waitForTimeout(200)
    expect(asked.filter((url) => url.includes('caught'))).toEqual([])
    expect(await page.title()).toBe('desk – Holdfast')
    expect(new URL(page.url()).pathname).toBe('/history')
    expect(heard).toEqual([])
  })

  it('lets no script of a file run at the address that it has', async ({ page, running, backend }) => {
    const past = new MemoryPast(backend, { 'page.html': [{ ago: 1, content: HOSTILE }] })
    await show(page, running.server.url, past, 'page.html')
    const answer = await page.request.get(
      `${running.server.url}/api/v1/content?${new URLSearchParams({ folder: PHOTOS, path: 'page.html' }).toString()}`,
    )
    expect(answer.headers()).toMatchObject({
      'content-type': 'application/octet-stream',
      'content-disposition': 'attachment',
      'x-content-type-options': 'nosniff',
    })
    const blocked = await page.evaluate(`new Promise((resolve) => {
      addEventListener('securitypolicyviolation', (event) => resolve(event.effectiveDirective))
      const frame = document.createElement('iframe')
      frame.src = URL.createObjectURL(new Blob(['<script>top.document.title = "caught"</script>'], { type: 'text/html' }))
      document.body.append(frame)
      setTimeout(() => resolve('nothing'), 1000)
    })`)
    expect(blocked).toBe('frame-src')
    expect(await page.title()).toBe('desk – Holdfast')
  })

  it('shows pictures, beside each other and one over the other', async ({ page, running, backend, heard }) => {
    const past = new MemoryPast(backend, {
      'dot.html': [
        { ago: 1, content: DOT },
        { ago: 2, content: DOT },
      ],
    })
    await show(page, running.server.url, past, 'dot.html')
    await page.getByRole('img', { name: 'Content of dot.html' }).waitFor()
    await page.getByText('1 × 1').waitFor()
    await page.getByRole('button', { name: 'Compare' }).click()
    await page.getByText('1 × 1').nth(1).waitFor()
    for (const [way, changed, key] of [
      ['Swipe', 'clipPath', 'Home'],
      ['Blend', 'opacity', 'End'],
    ] as const) {
      await page.getByRole('button', { name: way }).click()
      const drawn = async (): Promise<unknown> =>
        await page.evaluate(`getComputedStyle(document.querySelectorAll('.stacked img')[1]).${changed}`)
      await page.locator('.stacked img').nth(1).waitFor()
      const before = await drawn()
      await page.getByRole('slider', { name: 'How much of' }).press(key)
      await eventually(drawn).not.toBe(before)
    }
    expect(heard).toEqual([])
  })

  it('shows of a large text the beginning, of what it cannot show why, and of what cannot be had what to do', async ({
    page,
    running,
    backend,
  }) => {
    const past = new MemoryPast(backend, {
      'long.log': [
        { ago: 1, content: 'ä line\n'.repeat(200_000) },
        { ago: 2, content: 'a line\n' },
      ],
      'data.bin': [{ ago: 1, content: Uint8Array.from([0, 1, 2]) }],
      'away.txt': [{ ago: 1, content: 'far', state: 'incomplete' }],
    })
    await show(page, running.server.url, past, 'long.log')
    await page.getByText('The first 262.1 KB of 1.6 MB.').waitFor()
    await eventually(async () => (await page.locator('.preview-text').textContent())?.length).toBe(229_376)
    await page.getByRole('button', { name: 'Compare' }).click()
    await page.getByText('Only texts up to 1 MB are compared here.').waitFor()
    await show(page, running.server.url, past, 'data.bin')
    await page.getByText('There is no preview of such a file.').waitFor()
    await show(page, running.server.url, past, 'away.txt')
    await page.getByRole('alert').getByText('No connected device has all of away.txt. Connect kitchen.').waitFor()
    await page.getByRole('button', { name: 'Save to' }).click()
    await eventually(() => page.getByRole('alert').count()).toBe(2)
    past.write('away.txt', { ...past.versions('away.txt')[0]!, ago: 1, content: 'far', state: 'kept' })
    backend.announce({ event: 'peer', data: backend.peerList[0]! })
    await page.locator('.preview-text').getByText('far').waitFor()
  })
})
