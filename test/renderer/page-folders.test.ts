import { describe, expect } from 'vitest'
import { eventually } from '../api/eventually.ts'
import { folderStatus } from '../api/memory-backend.ts'
import { hasBrowser, it } from './open-page.ts'

describe.skipIf(!hasBrowser)('the page, of folders,', () => {
  it('shares a folder by its path, and says what is wrong with a path and what to do', async ({ page, card }) => {
    await page.getByLabel('Folder on this computer').fill('/home/me/missing')
    await page.getByRole('button', { name: 'Share folder' }).click()
    await page.getByRole('alert').getByText('/home/me/missing is not there. Make the directory first.').waitFor()
    await page.getByLabel('Folder on this computer').fill('/home/me/letters')
    await page.getByRole('button', { name: 'Share folder' }).click()
    await card('letters').getByText('/home/me/letters').waitFor()
    expect(await page.getByRole('alert').count()).toBe(0)
    expect(await page.getByLabel('Folder on this computer').inputValue()).toBe('')
  })

  it('joins an offered folder, pauses and resumes', async ({ card, called }) => {
    await card('music').getByLabel('Where it goes').fill('/home/me/music')
    await card('music').getByRole('button', { name: 'Join' }).click()
    await card('music').getByText('Syncing').waitFor()
    await card('music').getByRole('button', { name: 'Pause' }).click()
    await card('music').getByRole('button', { name: 'Resume' }).click()
    await card('music').getByText('Idle').waitFor()
    expect(called('pauseFolder')).toEqual([{ folder: 'e'.repeat(26), forSeconds: null }])
  })

  it('tells why an entry does not sync', async ({ backend, card }) => {
    await card('photos').getByText('Why 1 entry does not sync').click()
    await card('photos').getByText('Permission denied. Let this user read it.').waitFor()
    backend.problemList = []
    backend.announce({ event: 'problems', data: { folder: 'photos' } })
    await card('photos').getByText('Why 1 entry does not sync').waitFor({ state: 'detached' })
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
    await card('photos').getByText('What is lost of 1 file').click()
    await card('photos').getByText('report').waitFor()
    backend.problemList = [
      { ...backend.problemList[0]!, path: 'old', code: 'out-of-reach', message: 'it is on no device that is connected' },
    ]
    backend.announce({ event: 'problems', data: { folder: 'photos' } })
    await card('photos').getByText('What is out of reach of 1 file').click()
    await card('photos').getByText('It is on no device that is connected.').waitFor()
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

  it('tells of a tree once why it does not sync, and lists all of it where that is asked for', async ({ backend, card }) => {
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
    for (const [reasonCode, buttons] of Object.entries({ 'root-replaced': 1, 'root-missing': 0 })) {
      const data = folderStatus('photos', 'a'.repeat(26), { state: 'blocked', reasonCode, reason: `So it is: ${reasonCode}.` })
      backend.announce({ event: 'folder', data })
      await card('photos').getByText(data.reason).waitFor()
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
    backend.folderList = [folderStatus('photos', 'a'.repeat(26), { reasonCode: 'waits-elsewhere', reason })]
    await page.reload()
    await card('photos').getByText(reason).waitFor()
    await page.getByRole('status').getByText('1 folder waits for another device').waitFor()
  })
})
