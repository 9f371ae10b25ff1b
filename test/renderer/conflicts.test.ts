import { describe, expect } from 'vitest'
import { HoldfastError } from '#base'
import { eventually } from '../api/eventually.ts'
import { OTHER, STRANGER, THIS, type MemoryBackend } from '../api/memory-backend.ts'
import { faultsOf } from './faults.ts'
import { conflictOf, MemoryPast, PHOTOS } from './history-backend.ts'
import { hasBrowser, it } from './open-page.ts'

const OWN = { device: THIS, by: 'desk' }

function isSame(some: readonly string[], others: readonly string[]): boolean {
  return JSON.stringify(some.toSorted()) === JSON.stringify(others.toSorted())
}

/** A file that two devices changed, which shows as this one wrote it, and one more in another directory. */
function disputed(backend: MemoryBackend): MemoryPast {
  const past = new MemoryPast(backend, {
    'notes.txt': [{ ago: 9, content: 'one\ntwo\n' }],
    'letters/anna.txt': [{ ago: 9, content: 'Dear' }],
  })
  const both = (path: string): ReturnType<typeof conflictOf> => {
    const shown = past.write(path, { ago: 3, content: 'one\ntwo by desk\n', ...OWN })
    return conflictOf(path, [shown, past.write(path, { ago: 2, content: 'one\ntwo by kitchen\n', current: true })])
  }
  let list = [both('notes.txt'), both('letters/anna.txt')]
  backend.conflicts = async () => list
  backend.resolveConflict = async (input) => {
    backend.calls.push({ name: 'resolveConflict', input })
    list = list.filter(({ path }) => path !== input.path)
    backend.announce({ event: 'conflicts', data: { folder: 'photos' } })
    return { folder: 'photos', path: input.path }
  }
  backend.announce({ event: 'conflicts', data: { folder: 'photos' } })
  return past
}

describe.skipIf(!hasBrowser)('conflicts', () => {
  it('are listed by folder, each version with its device, time, size and content, and what differs', async ({
    page,
    visit,
    backend,
    heard,
  }) => {
    disputed(backend)
    await visit(`/conflicts?folder=${PHOTOS}&path=notes.txt`)
    const side = (name: string) => page.locator(`[data-side="${name}"]`)
    await side('desk').getByText('two by desk').waitFor()
    await side('desk').getByText('At its own name now').waitFor()
    await side('kitchen').getByText('19 B').waitFor()
    await side('kitchen').getByText('Beside it as notes.conflict-20300102').waitFor()
    await side('kitchen').getByText('two by kitchen').waitFor()
    expect(await faultsOf(page)).toEqual([])
    await side('kitchen').getByRole('button', { name: 'Compare' }).click()
    await page.locator('.diff ins').getByText('kitchen').waitFor()
    await page.getByRole('link', { name: 'letters/anna.txt' }).click()
    await page.locator('[data-conflict="letters/anna.txt"]').getByText('two by desk').waitFor()
    expect(heard).toEqual([])
  })

  it('are settled by keeping one; undoing puts the other beside it, as a file of its own', async ({
    page,
    visit,
    backend,
    called,
  }) => {
    const past = disputed(backend)
    const [theirs] = past.versions('notes.txt')
    await visit(`/conflicts?folder=${PHOTOS}&path=notes.txt`)
    await page.locator('[data-side="desk"]').getByRole('button', { name: 'Keep this one' }).click()
    await page.getByText(/“.notes\.txt.”: yours is kept\. The other version is in the history\./).waitFor()
    const seen = past.versions('notes.txt').flatMap(({ version, current }) => (current ? [version] : []))
    expect(called('resolveConflict')).toEqual([
      {
        folder: PHOTOS,
        path: 'notes.txt',
        keep: 'mine',
        expected: expect.toSatisfy((ids: string[]) => isSame(ids, seen)) as unknown,
      },
    ])
    await page.getByText(/“.notes\.txt.” is in no conflict any more\./).waitFor()
    await page.getByRole('button', { name: 'Undo' }).click()
    await page.getByText(/The other version is back, beside it: “.notes \(kitchen, .*\)\.txt.”/).waitFor()
    expect(called('restore')).toMatchObject([
      { version: theirs!.version, to: expect.stringMatching(/^\/home\/me\/photos\/notes \(kitchen, /) as string },
    ])
    await visit('/conflicts')
    await page.locator('[data-side="kitchen"]').getByRole('button', { name: 'Keep this one' }).click()
    await page.getByText('the version of kitchen is kept').waitFor()
    expect(called('resolveConflict')[1]).toMatchObject({ folder: PHOTOS, path: 'letters/anna.txt', keep: 'theirs' })
    await page.getByText('There is no conflict').waitFor()
  })

  it('of more than two versions name whose is kept, and keep all where that is wanted', async ({
    page,
    visit,
    backend,
    called,
  }) => {
    const past = new MemoryPast(backend, { 'a.txt': [{ ago: 4, content: 'desk', ...OWN }] })
    const kitchen = past.write('a.txt', { ago: 3, content: 'kitchen', current: true })
    const phone = past.write('a.txt', { ago: 2, content: 'phone', current: true, device: STRANGER, by: 'phone' })
    const shown = past.versions('a.txt')[2]!
    backend.conflicts = async () => [
      conflictOf('a.txt', [shown, kitchen]),
      { ...conflictOf('a.txt', [shown, phone]), with: 'a.2.txt' },
    ]
    backend.announce({ event: 'conflicts', data: { folder: 'photos' } })
    await visit('/conflicts')
    await page.getByText('3 versions').waitFor()
    await page.locator('[data-side="kitchen"]').getByRole('button', { name: 'Keep this one' }).click()
    await eventually(() => called('resolveConflict')).toMatchObject([
      { folder: PHOTOS, path: 'a.txt', keep: 'theirs', device: OTHER },
    ])
    await page.getByRole('button', { name: 'Keep all 3' }).click()
    await page.getByText('all 3 versions are kept, each with a name of its own').waitFor()
  })

  it('that were settled otherwise meanwhile stay, and that is said; so it is where one comes back', async ({
    page,
    visit,
    backend,
  }) => {
    const past = disputed(backend)
    const { resolveConflict } = backend
    backend.resolveConflict = async ({ path }) => {
      throw new HoldfastError('conflict', `the versions of ${path} are others`, { reason: 'settled-otherwise', values: { path } })
    }
    await visit(`/conflicts?folder=${PHOTOS}&path=notes.txt`)
    const keep = page.locator('[data-side="kitchen"]').getByRole('button', { name: 'Keep this one' })
    await keep.click()
    await page.getByText(/“.notes\.txt.” is not as you saw it any more: it was settled or edited meanwhile\./).waitFor()
    expect(await page.getByText('of kitchen is kept').count()).toBe(0)
    backend.resolveConflict = resolveConflict
    await keep.click()
    await page.getByText('the version of kitchen is kept').waitFor()
    const [mine, theirs] = ['desk', 'kitchen'].map((by) => past.versions('notes.txt').find((version) => version.by === by)!)
    backend.conflicts = async () => [{ ...conflictOf('notes.txt', [theirs!, mine!]), with: 'notes.conflict-20300102-030406.txt' }]
    backend.announce({ event: 'conflicts', data: { folder: 'photos' } })
    await page.getByText(/“.notes\.txt.” is in conflict again: on another device it was settled otherwise/).waitFor()
  })

  it('are none where there is none, and that is said', async ({ page, visit, backend }) => {
    backend.conflicts = async () => []
    backend.announce({ event: 'conflicts', data: { folder: 'photos' } })
    await visit('/conflicts')
    await page.getByText('There is no conflict').waitFor()
  })
})
