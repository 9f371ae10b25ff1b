import { describe, expect } from 'vitest'
import { HoldfastError } from '#base'
import { eventually } from '../api/eventually.ts'
import { itOfFiles } from './files-page.ts'
import { hasBrowser } from './open-page.ts'

const TREE = ['2024/', '2024/summer/', '2024/summer/beach.jpg', 'a2.jpg', 'a10.jpg', 'notes.txt']

const it = itOfFiles(TREE)

describe.skipIf(!hasBrowser)('the page, of what is deleted in files,', () => {
  it('brings back a deleted directory as it was deleted, beside what came since, whatever any clock says', async ({
    page,
    look,
    row,
    grid,
    files,
    called,
  }) => {
    await look()
    const remove = async (): Promise<void> => {
      await row('2024').click()
      await grid.press('Delete')
      await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click()
      await page.getByText(/2024. is deleted\./).waitFor()
    }
    await remove()
    await page.getByRole('button', { name: 'Undo' }).click()
    const back = { path: '2024', at: 'of.1.6', keepNew: true }
    await eventually(() => called('restoreMoment')).toMatchObject([back])
    files.changedAt = new Date(Date.now() + 600_000).toISOString()
    await page.reload()
    await remove()
    await page.getByRole('button', { name: 'Undo' }).last().click()
    await eventually(() => called('restoreMoment')).toMatchObject([back, { ...back, at: expect.stringMatching(/^of\.1\./) }])
  })

  it('deletes what is left of several after one failed, and leaves what others made of them since', async ({
    page,
    look,
    row,
    grid,
    files,
    called,
  }) => {
    files.stuck.set('notes.txt', new HoldfastError('denied', 'notes.txt is in use'))
    await look()
    await row('a10.jpg').click()
    await row('notes.txt').click({ modifiers: ['Shift'] })
    await grid.press('Delete')
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('button', { name: 'Delete' }).click()
    await dialog.getByText('Notes.txt is in use.').waitFor()
    files.stuck.clear()
    await page
      .getByRole('dialog', { name: /^Delete .*notes\.txt/ })
      .getByRole('button', { name: 'Delete' })
      .click()
    await dialog.waitFor({ state: 'detached' })
    expect((called('removeEntries') as { path: string }[]).map(({ path }) => path)).toEqual(['a10.jpg', 'notes.txt', 'notes.txt'])
    files.put('a10.jpg', 'file', 'of another')
    for (const text of [/a10\.jpg. is deleted/, /notes\.txt. is deleted/])
      await page.locator('.toast').filter({ hasText: text }).getByRole('button', { name: 'Undo' }).click()
    await eventually(() => files.text('notes.txt')).toBe('content of notes.txt')
    await page.getByText(/“.a10\.jpg.” was changed since, and stays as it is\. What it was before is in its history/).waitFor()
    expect(files.text('a10.jpg')).toBe('of another')
  })
})
