import { describe, expect } from 'vitest'
import { eventually } from '../api/eventually.ts'
import { folderStatus, OTHER } from '../api/memory-backend.ts'
import { faultsOf } from './faults.ts'
import { MUSIC, photosAre } from './folders-backend.ts'
import { hasBrowser, it } from './open-page.ts'

const REASONS: Record<string, string> = {
  'root-replaced': 'Another directory is in its place',
  'root-no-directory': 'Something else is in the place of its directory.',
  'root-missing': 'Connect its disk, or bring the directory back.',
}

describe.skipIf(!hasBrowser)('the page, of folders,', () => {
  it('shares a folder by its path, and says what is wrong with a path and what to do', async ({ page, card }) => {
    await page.getByRole('link', { name: 'Share folder' }).click()
    const dialog = page.getByRole('dialog', { name: 'Share folder' })
    await dialog.getByLabel('Folder on this computer').fill('/home/me/missing')
    await dialog.getByRole('button', { name: 'Share folder' }).click()
    await dialog.getByRole('alert').getByText('/home/me/missing is not there. Make the directory first.').waitFor()
    expect(await dialog.getByLabel('Folder on this computer').inputValue()).toBe('/home/me/missing')
    await dialog.getByLabel('Folder on this computer').fill('/home/me/letters')
    await dialog.getByRole('button', { name: 'Share folder' }).click()
    await card('letters').getByText('/home/me/letters').waitFor()
    await dialog.waitFor({ state: 'detached' })
    await page.getByRole('heading', { name: 'letters', level: 2 }).waitFor()
  })

  it('finds a directory by keys alone', async ({ page }) => {
    await page.getByRole('link', { name: 'Share folder' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Choose…' }).click()
    const chooser = page.getByRole('dialog', { name: 'Choose a directory' })
    await chooser.getByRole('button', { name: 'photos shared as photos' }).waitFor()
    expect(await faultsOf(page)).toEqual([])
    for (const key of ['ArrowDown', 'ArrowDown', 'Enter']) await page.keyboard.press(key)
    await chooser.getByRole('status').getByText('/home/me/letters').waitFor()
    await page.keyboard.press('Backspace')
    await chooser.getByText('/home/me', { exact: true }).waitFor()
    for (const key of ['End', 'Enter']) await page.keyboard.press(key)
    await chooser.getByRole('status').getByText('/home/me/photos').waitFor()
    await chooser.getByRole('button', { name: 'Choose this one' }).click()
    await chooser.waitFor({ state: 'detached' })
    await eventually(() => page.getByLabel('Folder on this computer').inputValue()).toBe('/home/me/photos')
  })

  it('asks where a dropped directory is, since a browser does not tell', async ({ page, card }) => {
    await card('photos').waitFor()
    await page.evaluate(`{
      const transfer = new DataTransfer()
      transfer.items.add(new File([], 'holiday'))
      const drop = new DragEvent('drop', { bubbles: true, cancelable: true, dataTransfer: transfer })
      Object.defineProperty(DataTransferItem.prototype, 'webkitGetAsEntry', { value: () => ({ isDirectory: true }) })
      document.querySelector('[data-folder="photos"]').dispatchEvent(drop)
    }`)
    const chooser = page.getByRole('dialog', { name: 'Choose a directory' })
    await chooser.getByText('A browser does not tell where “holiday” is.').waitFor()
    await chooser.getByRole('button', { name: 'letters' }).click()
    await chooser.getByRole('button', { name: 'Choose this one' }).click()
    await eventually(() => page.getByLabel('Folder on this computer').inputValue()).toBe('/home/me/letters')
  })

  it('joins an offered folder at the place that is proposed, and resumes one that is paused', async ({ backend, card }) => {
    const joined: unknown[] = []
    const join = backend.joinFolder
    backend.joinFolder = (input, signal) => {
      joined.push(input)
      return join(input, signal)
    }
    await eventually(() => card('music').getByLabel('Where it goes').inputValue()).toBe('/home/me/music')
    await card('music').getByRole('button', { name: 'Join' }).click()
    await card('music').getByText('Syncing').waitFor()
    expect(joined).toEqual([{ folder: MUSIC, path: '/home/me/music' }])
    photosAre(backend, { state: 'paused', reasonCode: 'paused', reason: 'Paused by you.' })
    await card('photos').getByRole('button', { name: 'Resume' }).click()
    await card('photos').getByText('Up to date').waitFor()
  })

  it('tells how fast something comes, and how long it will take', async ({ backend, card }) => {
    photosAre(backend, { state: 'syncing', bytes: 1e9, needBytes: 3e9, needEntries: 2 })
    await card('photos').getByText('1 GB of 4 GB').waitFor()
    const transfer = { folder: 'photos', path: 'a', direction: 'receive', device: OTHER, bytes: 5, totalBytes: 9 } as const
    const rates = { receiveBytesPerSecond: 1e7, sendBytesPerSecond: 0 }
    backend.announce({ event: 'transfers', data: { rates, peers: [], transfers: [{ ...transfer, bytesPerSecond: 1e7 }] } })
    await card('photos').getByText('5 minutes left').waitFor()
    expect(await card('photos').locator('.progress-line').innerText()).toMatch(/25%\s+1 GB of 4 GB\s+10 MB\/s/)
  })

  it('names a full disk on the card, in the status bar and under Health, each with the way to what has no room', async ({
    page,
    backend,
    card,
    go,
  }) => {
    const lost = { ...backend.problemList[0]!, code: 'full', message: 'the disk is full' }
    backend.problemList = [1, 2].map((number) => ({ ...lost, path: `${number}.txt` }))
    const [space] = await backend.space({}, new AbortController().signal)
    backend.space = async () => [{ ...space!, volumeBytes: 2e7, freeBytes: 1e6 }]
    photosAre(backend, {
      state: 'syncing',
      reasonCode: 'put-off',
      values: { entries: 2 },
      needEntries: 2,
      needBytes: 3e6,
      problems: 2,
    })
    backend.announce({ event: 'problems', data: { folder: 'photos' } })
    const tried = { folder: 'photos', path: 'new.txt', direction: 'receive', device: OTHER, bytes: 0, totalBytes: 9 } as const
    const rates = { receiveBytesPerSecond: 0, sendBytesPerSecond: 0 }
    backend.announce({ event: 'transfers', data: { rates, peers: [], transfers: [{ ...tried, bytesPerSecond: 0 }] } })
    await card('photos').getByRole('link', { name: 'The disk of photos is full: 1 MB free, 3 MB to come' }).waitFor()
    expect(await page.getByRole('heading', { name: 'On the way' }).count()).toBe(0)
    expect(await card('photos').getByText('not sync').count()).toBe(0)
    await go('Health')
    await page.getByText('The disk of photos is full: 1 MB free, 3 MB to come.').waitFor()
    await page.getByText('The disk of photos: 1 MB free of 20 MB').waitFor()
    await page.getByRole('status').getByRole('link', { name: 'The disk of photos is full: 3 MB to come' }).click()
    await page.getByRole('heading', { name: 'No room on the disk' }).waitFor()
  })

  it('tells of one file on its way and of its folder the same, and no reason why it does not come', async ({
    page,
    backend,
    card,
  }) => {
    backend.problemList = [{ ...backend.problemList[0]!, path: 'film', code: 'missing-chunks' }]
    backend.announce({ event: 'problems', data: { folder: 'photos' } })
    photosAre(backend, { state: 'syncing', needEntries: 1, needBytes: 2e9, problems: 1 })
    await card('photos').getByText('Why 1 entry does not sync').waitFor()
    const film = { folder: 'photos', path: 'film', direction: 'receive', device: OTHER, bytes: 5e8, totalBytes: 2e9 } as const
    const rates = { receiveBytesPerSecond: 1e7, sendBytesPerSecond: 0 }
    backend.announce({ event: 'transfers', data: { rates, peers: [], transfers: [{ ...film, bytesPerSecond: 1e7 }] } })
    const lines = page.locator('.progress-line')
    await eventually(async () => (await lines.allInnerTexts()).map((text) => text.trim().split(/\s*\n\s*/))).toEqual(
      Array(2).fill(['25%', '500 MB of 2 GB', '10 MB/s', '3 minutes left']),
    )
    await card('photos').getByText('1 entry to come, 1.5 GB').waitFor()
    const burst = { ...rates, receiveBytesPerSecond: 9e7 }
    backend.announce({ event: 'transfers', data: { rates: burst, peers: [], transfers: [{ ...film, bytesPerSecond: 1e7 }] } })
    const shown = async (): Promise<number> => Number.parseFloat(await page.getByTitle('Receiving').innerText())
    await eventually(async () => (await shown()) !== 10).toBe(true)
    expect(await shown()).toBeLessThan(50)
    await page.getByRole('status').getByText('Syncing, 1.5 GB to come').waitFor()
    expect(await card('photos').getByText('not sync').count()).toBe(0)
  })

  it('tells what of a folder is damaged, until it is not', async ({ backend, card }) => {
    const [photos] = backend.folderList
    backend.announce({ event: 'folder', data: { ...photos!, damaged: 3 } })
    await card('photos').getByText('3 pieces of its versions damaged here: connect the other devices').waitFor()
    backend.announce({ event: 'progress', data: { command: 'scrub', done: 1, total: 2, unit: 'blocks' } })
    backend.announce({ event: 'folder', data: photos! })
    await card('photos').getByText('damaged here').waitFor({ state: 'detached' })
  })

  it('tells how safe a folder is: what is protected, what is lost, and that there are few devices', async ({
    backend,
    card,
    page,
    go,
  }) => {
    const [photos] = backend.folderList
    const note = (reasonCode: string, message: string) => ({ folder: 'photos', reasonCode, message, hint: 'holdfast invite' })
    const notes = [note('lost', 'the content of 1 version is gone'), note('degraded', 'only one device can hold it')]
    backend.problemList = [...backend.problemList, { ...backend.problemList[0]!, path: 'report', code: 'lost', message: 'gone' }]
    backend.announce({ event: 'folder', data: { ...photos!, protectedPercent: 99.9, lost: 1, notes } })
    backend.announce({ event: 'problems', data: { folder: 'photos' } })
    await card('photos').getByText('99.9 % protected').waitFor()
    await card('photos').getByText('The content of 1 version is gone.').waitFor()
    await card('photos').getByText('Only one device can hold it.').waitFor()
    await card('photos').getByText('Why 1 entry does not sync').waitFor()
    await card('photos').getByRole('link', { name: 'What is lost of 1 file' }).waitFor()
    backend.problemList = [
      { ...backend.problemList[0]!, path: 'old', code: 'out-of-reach', message: 'it is on no device that is connected' },
    ]
    backend.announce({ event: 'problems', data: { folder: 'photos' } })
    await card('photos').getByRole('link', { name: 'What is out of reach of 1 file' }).waitFor()
    backend.peerList = []
    backend.folderList = [{ ...photos!, notes: [notes[1]!] }]
    backend.announce({ event: 'resync', data: {} })
    await go('Devices')
    await page.getByText('All of it is on this device alone yet.').waitFor()
    await go('Folders')
    await card('photos').waitFor()
    expect(await card('photos').getByText('Only one device can hold it.').count()).toBe(0)
    backend.announce({ event: 'folder', data: { ...photos!, notes: [notes[1]!, note('unheld', 'no device has it')] } })
    await card('photos').getByText('Only one device can hold it.').waitFor()
    expect(await page.getByText('All of it is on this device alone yet.').count()).toBe(0)
  })

  it('leads from what is not safe to what can be done here, and shows what only a command can do as one', async ({
    page,
    backend,
    card,
  }) => {
    const note = (reasonCode: string, values: Record<string, string | number>, hint = 'holdfast status tells how it stands') => ({
      ...{ folder: 'photos', reasonCode, message: reasonCode, hint, values },
    })
    const notes = [
      note('lost', { versions: 3, alone: 'no' }),
      note('lies', { device: 'kitchen' }),
      note('out-of-reach', { devices: 'attic', number: 1, said: 'yes', files: 1, versions: 3 }),
      note('deleted-apart', { entries: 2, devices: 'kitchen' }),
      note('of-tomorrow', {}),
    ]
    photosAre(backend, { notes })
    await card('photos').getByText('1 file and 2 older versions: only on attic, not connected now. Connect attic.').waitFor()
    const links = card('photos').locator('[data-note]').getByRole('link')
    expect(await links.allInnerTexts()).toEqual([
      'See which files',
      'See your devices',
      'See which files',
      'Look into the history',
    ])
    const last = card('photos').locator('[data-note="of-tomorrow"]')
    expect(await last.innerText()).toBe('Of-tomorrow. On the command line: holdfast status tells how it stands')
    expect(await last.locator('code').innerText()).toBe('holdfast status')
    await links.nth(1).click()
    await page.getByRole('heading', { name: 'Devices' }).first().waitFor()
  })

  it('says that files are in conflict, and leads to where they are settled', async ({ page }) => {
    await page.getByRole('heading', { name: '1 file is in conflict' }).waitFor()
    await page.getByText('photos/notes.txt').waitFor()
    await page.getByRole('link', { name: 'Look at them and choose' }).click()
    await page.getByRole('heading', { name: 'Conflicts' }).waitFor()
    expect(new URL(page.url()).pathname).toBe('/conflicts')
  })

  it('asks before deletions of many files go out, and once more before it lets them', async ({ page, backend, card, called }) => {
    backend.announce({
      event: 'folder',
      data: folderStatus('photos', 'a'.repeat(26), {
        state: 'held',
        reasonCode: 'deletions-held',
        reason: '1,040 entries vanished here at once.',
        heldEntries: 1040,
      }),
    })
    await card('photos').getByRole('button', { name: 'Bring files back' }).waitFor()
    await page.getByRole('status').getByText('1 folder needs you').waitFor()
    const sure = card('photos').getByRole('button', { name: 'Delete 1,040 entries on all devices' })
    await card('photos').getByRole('button', { name: 'Delete everywhere' }).dblclick()
    await card('photos').getByRole('button', { name: 'Cancel' }).click()
    await sure.waitFor({ state: 'detached' })
    await card('photos').getByRole('button', { name: 'Delete everywhere' }).dblclick()
    await sure.waitFor()
    expect(called('approveFolder')).toEqual([])
    await sure.click()
    await eventually(() => called('approveFolder')).toEqual([{ folder: 'a'.repeat(26) }])
  })

  it('goes on with a blocked folder as it is only where something is there', async ({ backend, card }) => {
    for (const [reasonCode, buttons] of Object.entries({
      'root-replaced': 1,
      'root-missing': 0,
      'root-no-directory': 0,
      'of-tomorrow': 1,
    })) {
      const data = folderStatus('photos', 'a'.repeat(26), { state: 'blocked', reasonCode, reason: 'So it is.' })
      backend.announce({ event: 'folder', data })
      await card('photos')
        .getByText(REASONS[reasonCode] ?? data.reason)
        .waitFor()
      expect(await card('photos').getByRole('button', { name: 'Go on with it as it is' }).count()).toBe(buttons)
    }
  })

  it('does not call in sync what is paused, or kept from this device by its role', async ({ page, backend, card }) => {
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

  it('does not call in sync what waits on another device', async ({ page, backend, card }) => {
    backend.conflicts = () => Promise.resolve([])
    const reason = 'Up to date here; on kitchen many entries vanished at once and wait there for a decision.'
    const values = { device: 'kitchen', hindrance: 'held' }
    backend.folderList = [folderStatus('photos', 'a'.repeat(26), { reasonCode: 'waits-elsewhere', values, reason: '' })]
    await page.reload()
    await card('photos').getByText(reason).waitFor()
    await page.getByRole('status').getByText('1 folder waits for another device').waitFor()
  })
})
