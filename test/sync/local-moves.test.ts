import { afterEach, describe, expect, it } from 'vitest'
import { packStats } from '#model'
import { movedFiles, type LocalMove } from '../../src/sync/local-moves.ts'
import { simSubject } from '../folder/subjects.ts'
import { TestFolder } from '../folder/test-folder.ts'

let folder: TestFolder

afterEach(() => folder.close())

async function moved(...acts: (() => void)[]): Promise<[string, LocalMove][]> {
  await folder.note()
  for (const act of acts) act()
  return [...movedFiles(packStats(folder.known), await folder.look())]
}

describe('a file that was moved', () => {
  it('with its directory is known for untouched, and by itself is not', async () => {
    folder = await TestFolder.adopted(simSubject())
    const { user } = folder
    user.write('dir/a', 'one')
    user.write('b', 'two')
    const pairs = await moved(
      () => user.rename('dir', 'moved'),
      () => user.rename('b', 'c'),
    )
    expect(pairs.sort()).toEqual([
      ['c', { from: 'b', untouched: false, within: null }],
      ['moved/a', { from: 'dir/a', untouched: true, within: 'dir' }],
    ])
  })
})
