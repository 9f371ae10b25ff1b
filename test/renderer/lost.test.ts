import { describe, expect } from 'vitest'
import { folderStatus, MemoryBackend } from '../api/memory-backend.ts'
import { startServer } from '../api/running-server.ts'
import { hasBrowser, itAlone as it } from './open-page.ts'

describe.skipIf(!hasBrowser)('the page, while the daemon does not answer,', () => {
  it('shows what it knows, when it asks next, and refuses what is asked of it; then goes on without being loaded anew', async ({
    page,
    running,
    ui,
    card,
  }) => {
    const port = Number(new URL(running.server.url).port)
    await card('photos').waitFor()
    await page.evaluate('window.kept = true')
    await running.server.stop()
    await page.getByRole('alert').getByText('Holdfast does not answer. What you see is as it was at').waitFor()
    await page.getByText(/^(Next try in \d+ seconds?|Trying again now…)$/).waitFor()
    await card('photos').getByText('1,200 entries').waitFor()
    await page.getByText('Pause all').click()
    await page.getByRole('button', { name: 'until resumed' }).click()
    await page.getByText('Holdfast does not answer: nothing was done. Is it still running?').waitFor()
    // By then the next try by itself is far off.
    await page.getByText(/Next try in ([5-9]|1\d) seconds/).waitFor()
    const later = new MemoryBackend()
    later.folderList = [folderStatus('after', 'u'.repeat(26))]
    const again = await startServer(
      { home: running.home, uiDirectory: ui, http: { host: '127.0.0.1', port, fallback: false } },
      later,
    )
    await page.getByRole('button', { name: 'Try now' }).click()
    await card('after').waitFor({ timeout: 3_000 })
    await page.getByRole('button', { name: 'Try now' }).waitFor({ state: 'detached' })
    expect(await page.evaluate('window.kept')).toBe(true)
    await again.server.stop()
  })
})
