import { describe, expect } from 'vitest'
import { startServer } from '../api/running-server.ts'
import { join } from 'node:path'
import { hasBrowser, it } from './open-page.ts'

describe.runIf(hasBrowser)('the page in the desktop shell', () => {
  it('goes to the place that the app is opened for', async ({ context, ui, backend }) => {
    await context.addInitScript(`window.holdfast = { onOpen: (listener) => { window.openAt = listener } }`)
    const running = await startServer({ uiDirectory: ui }, backend)
    const page = await context.newPage()
    await page.goto(running.server.launchUrl())
    await page.getByRole('heading', { name: 'desk' }).waitFor()
    await page.evaluate(`openAt('/peers?join=hf1abc')`)
    await page.getByRole('navigation').locator('a[aria-current="page"]', { hasText: 'Devices' }).waitFor()
    expect(await page.evaluate('location.pathname + location.search')).toBe('/peers?join=hf1abc')
    await running.close()
  })
})
