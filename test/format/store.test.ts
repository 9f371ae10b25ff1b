import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { openStoreDatabase, storeDatabaseFault } from '#db'
import { fromHex } from '#model'
import { temporaryDirectory } from '../store/subjects.ts'
import { blockNamed, fill, fillSegments, folder, told, toldSegments } from './store-database.ts'

function frozen(version: number): string {
  const file = join(temporaryDirectory(), 'store.db')
  writeFileSync(file, gunzipSync(readFileSync(new URL(`store-${version}.db.gz`, import.meta.url))))
  return file
}

describe('the frozen database of the block store', () => {
  test.each([1, 2, 3, 4])('of version %i is still opened, and says the same', (version) => {
    const made = openStoreDatabase(':memory:')
    fill(made)
    if (version >= 2)
      made.unneeded.note(folder, { unneeded: fromHex(blockNamed('large').seal.chunk), needed: new Uint8Array(0) }, 5)
    if (version >= 4) fillSegments(made)
    const file = frozen(version)
    expect(storeDatabaseFault(file)).toBeNull()
    const opened = openStoreDatabase(file)
    expect(told(opened)).toEqual(told(made))
    expect(opened.unneeded.held(folder, new Uint8Array(0), 9)).toEqual(made.unneeded.held(folder, new Uint8Array(0), 9))
    expect(opened.unneeded.held(folder, new Uint8Array(0), 9).since.includes(5)).toBe(version >= 2)
    expect(toldSegments(opened)).toEqual(toldSegments(made))
    expect(opened.segments.bytesOf(folder)).toBe(version >= 4 ? 'onethree'.length : 0)
    const ofSegments = opened.segments.bytesOf(folder)
    expect(opened.sizes()).toEqual([
      { folder, bytes: 'the block small, the block large, the block damaged'.length - 4 + ofSegments },
    ])
    opened.add([blockNamed('other')])
    expect(opened.has(blockNamed('other').digest)).toBe(true)
    opened.close()
    expect(storeDatabaseFault(file)).toBeNull()
  })
})
