import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { describe, expect } from 'vitest'
import { HoldfastError } from '#base'
import { eventually } from '../api/eventually.ts'
import { folderStatus } from '../api/memory-backend.ts'
import { PHOTOS } from './files-backend.ts'
import { itOfFiles } from './files-page.ts'
import { hasBrowser } from './open-page.ts'

const it = itOfFiles(['in/', 'in/a.txt', 'in/trip/', 'in/trip/one.jpg']).extend<{ look: () => Promise<void> }>({
  look: async ({ visit, row }, use) =>
    use(async () => {
      await visit(`/files?folder=${PHOTOS}&path=in`)
      await row('a.txt').waitFor()
    }),
})

/** Drags entries of this disk over the list as the system would, and drops them. */
async function drop(page: Page, files: string[], over: () => Promise<void> = async () => undefined): Promise<void> {
  const cdp = await page.context().newCDPSession(page)
  const box = await page.getByRole('grid').boundingBox()
  const at = { x: box!.x + 200, y: box!.y + 150, data: { items: [], files, dragOperationsMask: 1 } }
  await cdp.send('Input.dispatchDragEvent', { type: 'dragEnter', ...at })
  await cdp.send('Input.dispatchDragEvent', { type: 'dragOver', ...at })
  await over()
  await cdp.send('Input.dispatchDragEvent', { type: 'drop', ...at })
}

/** Drops files that the page makes itself. */
async function dropMany(page: Page, count: number): Promise<void> {
  await page.evaluate(`{
    const data = new DataTransfer()
    for (let number = 0; number < ${count}; number++) data.items.add(new File(['x'], 'new-' + number + '.bin'))
    document.querySelector('[role="grid"]').dispatchEvent(new DragEvent('drop', { dataTransfer: data, bubbles: true, cancelable: true }))
  }`)
}

describe.skipIf(!hasBrowser)('the page, of what is dropped on files,', () => {
  it('adds files and directories with all in them, asks about those that are there, and takes it back', async ({
    page,
    directory,
    files,
    look,
    heard,
  }) => {
    const from = join(directory, 'dropped')
    await mkdir(join(from, 'trip', 'empty'), { recursive: true })
    await writeFile(join(from, 'trip', 'one.jpg'), 'new one')
    await writeFile(join(from, 'trip', 'two.jpg'), 'two')
    await writeFile(join(from, 'a.txt'), 'new a')
    files.ahead.add('in/trip/one.jpg')
    await look()
    await drop(page, [join(from, 'trip'), join(from, 'a.txt')], async () => {
      await page.getByText(/Drop to add to .in.$/).waitFor()
    })
    await page.getByRole('dialog', { name: '2 files are there already' }).waitFor()
    await page.getByLabel('The same for the other one').uncheck()
    await page.getByRole('button', { name: 'Go on' }).click()
    await page.getByLabel('Keep both').check()
    await page.getByRole('button', { name: 'Go on' }).click()
    await page.getByText(/^2 files added to .in.\. 1 file replaced\.$/).waitFor()
    expect(files.paths).toEqual([
      'in',
      'in/a (2).txt',
      'in/a.txt',
      'in/trip',
      'in/trip/empty',
      'in/trip/one.jpg',
      'in/trip/two.jpg',
    ])
    expect([files.text('in/trip/one.jpg'), files.text('in/a.txt'), files.text('in/a (2).txt')]).toEqual([
      'new one',
      'content of in/a.txt',
      'new a',
    ])
    expect([files.sizes.get('in/trip/one.jpg'), files.sizes.get('in/trip/empty')]).toEqual([7, undefined])
    await page.getByRole('button', { name: 'Undo' }).click()
    await eventually(() => files.paths).toEqual(['in', 'in/a.txt', 'in/trip', 'in/trip/one.jpg'])
    expect(files.text('in/trip/one.jpg')).toBe('content of in/trip/one.jpg')
    expect(heard).toEqual([])
  })

  it('stays usable with ten thousand at once, of which few are on their way, and leaves nothing of what is cut off', async ({
    page,
    backend,
    files,
    look,
  }) => {
    let open = (): void => undefined
    files.gate = new Promise<void>((resolve) => (open = resolve))
    await look()
    await dropMany(page, 10_000)
    await page.getByText(/^Adding 10,000 entries to .in.$/).waitFor()
    await eventually(() => backend.puts.length).toBe(4)
    await page.getByRole('grid').press('End')
    await page.getByRole('complementary', { name: 'Details' }).getByRole('heading', { name: 'a.txt' }).waitFor()
    await page.getByRole('button', { name: 'Cancel' }).click()
    await page.getByText('10,000 entries were not sent.').waitFor()
    await eventually(() => files.cutOff).toBe(4)
    open()
    await eventually(() => backend.failedPuts.length).toBe(4)
    expect([backend.puts.length, files.paths.length]).toEqual([4, 4])
    await page.getByRole('button', { name: 'Dismiss' }).click()
    await page.getByText('10,000 entries were not sent.').waitFor({ state: 'detached' })
  })

  it('says file by file what could not be added and why, adds the others, and sends the rest again', async ({
    page,
    files,
    look,
  }) => {
    files.faults.set('in/new-1.bin', new HoldfastError('denied', 'in/new-1.bin is ignored', { hint: 'change .holdfastignore' }))
    await look()
    await dropMany(page, 3)
    await page.getByText(/^2 files added to .in.\. 1 entry could not be added\.$/).waitFor()
    await page.getByRole('listitem').getByText('in/new-1.bin').first().waitFor()
    await page.getByText('In/new-1.bin is ignored. Change .holdfastignore.').waitFor()
    await page.getByRole('row').filter({ hasText: 'new-2.bin' }).waitFor()
    files.faults.clear()
    await page.getByRole('button', { name: 'Send what is missing' }).click()
    await page.getByText(/^3 files added to .in.\.$/).waitFor()
    expect(files.paths.length).toBe(7)
  })

  it('asks about what differs by case alone where the disk takes it for the same', async ({
    page,
    backend,
    files,
    look,
    directory,
  }) => {
    const folds = { ...backend.folderList[0]!, foldsCase: true }
    backend.announce({ event: 'folder', data: folds })
    await mkdir(join(directory, 'TRIP'))
    await writeFile(join(directory, 'TRIP', 'One.jpg'), 'new one')
    await look()
    await drop(page, [join(directory, 'TRIP')])
    await page.getByRole('dialog', { name: '1 file is there already' }).waitFor()
    await page.getByRole('button', { name: 'Go on' }).click()
    await eventually(() => files.text('in/trip/one.jpg')).toBe('new one')
    expect(files.paths).toEqual(['in', 'in/a.txt', 'in/trip', 'in/trip/one.jpg'])
  })

  it('takes back only what nobody has changed since, and what came in its way comes back', async ({ page, files, look }) => {
    await look()
    let open = (): void => undefined
    files.gate = new Promise<void>((resolve) => (open = resolve))
    await dropMany(page, 3)
    await page.getByText(/^Adding 3 entries/).waitFor()
    files.put('in/new-0.bin', 'file', 'came first')
    open()
    await page.getByText(/^2 files added to .in.\. 1 file replaced\.$/).waitFor()
    files.put('in/new-1.bin', 'file', 'of another')
    await page.getByRole('button', { name: 'Undo' }).click()
    await page.getByText('1 file was changed since then, and was left as it is.').waitFor()
    expect(['0', '1', '2'].map((number) => files.text(`in/new-${number}.bin`))).toEqual(['came first', 'of another', undefined])
  })

  it('says why an upload could not be taken back, and tries that again', async ({ page, files, look }) => {
    files.stuck.set('in/new-1.bin', new HoldfastError('denied', 'new-1.bin is in use'))
    await look()
    await dropMany(page, 2)
    await page.getByRole('button', { name: 'Undo' }).click()
    await page.locator('.files-upload').getByRole('alert').getByText('New-1.bin is in use.').waitFor()
    files.stuck.clear()
    await page.getByRole('button', { name: 'Take back what was added' }).click()
    await page.locator('.files-upload').waitFor({ state: 'detached' })
    expect(files.paths).toEqual(['in', 'in/a.txt', 'in/trip', 'in/trip/one.jpg'])
  })

  it('takes nothing where this device may not write, and says why', async ({ page, backend, look, directory }) => {
    await look()
    backend.announce({ event: 'folder', data: folderStatus('photos', PHOTOS, { role: 'receive-only' }) })
    const why = 'This device only receives this folder'
    await page.getByText(why).waitFor()
    expect(await page.getByRole('button', { name: 'Add files' }).count()).toBe(0)
    await writeFile(join(directory, 'refused.txt'), 'x')
    await dropMany(page, 1)
    await page.getByRole('alert').getByText(why).waitFor()
    expect(backend.puts).toEqual([])
  })

  it('makes a new directory, keeps its name where that fails, and gives a file to be dragged out', async ({
    page,
    files,
    look,
  }) => {
    files.faults.set('in/plans', new HoldfastError('exists', 'in/plans is a file, no directory', { hint: 'choose another path' }))
    await look()
    await page.getByRole('button', { name: 'New directory' }).click()
    await eventually(() => page.evaluate('document.activeElement.tagName')).toBe('INPUT')
    await page.keyboard.type('plans')
    await page.keyboard.press('Enter')
    await page.getByRole('alert').getByText('In/plans is a file, no directory.').waitFor()
    await page.keyboard.type(' b')
    await page.keyboard.press('Enter')
    await page.getByRole('row').filter({ hasText: 'plans b' }).waitFor()
    expect(files.paths).toContain('in/plans b')
    const dragged = await page.evaluate(`{
      const data = new DataTransfer()
      const row = [...document.querySelectorAll('.grid-body [role="row"]')].find((each) => each.textContent.includes('a.txt'))
      row.dispatchEvent(new DragEvent('dragstart', { dataTransfer: data, bubbles: true, cancelable: true }))
      data.getData('DownloadURL')
    }`)
    expect(dragged).toMatch(/^application\/octet-stream:a\.txt:http:\/\/127\.0\.0\.1:\d+\/api\/v1\/content\?folder=/)
  })
})
