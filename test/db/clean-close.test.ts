import { copyFileSync, cpSync, existsSync, mkdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, test } from 'vitest'
import { closeCleanly, takeEnding } from '../../src/db/clean-close.ts'
import { openDeviceStore, type SqliteDeviceStore } from '../../src/db/device-database.ts'
import { openFolderIndex } from '../../src/db/open-folder-index.ts'
import type { SqliteFolderIndex } from '../../src/db/sqlite-folder-index.ts'
import { A, B, file, FOLDER, NOW, open, RULES, missing } from './fixtures.ts'
import { temporary } from './temporary.ts'

const DAY_MS = 86_400_000

/** A device's home whose daemon starts and stops. */
class Home {
  dir = join(temporary(), 'home')
  day = 0

  constructor() {
    mkdirSync(this.dir)
  }

  get now(): number {
    return NOW + this.day * DAY_MS
  }

  get file(): string {
    return join(this.dir, 'folder.db')
  }

  store(): SqliteDeviceStore {
    return openDeviceStore(join(this.dir, 'device.db'))
  }

  /** A run of the daemon on the next day, in which `work` is done; `killed`: it does not end properly. */
  run<T>(work: (index: SqliteFolderIndex) => T, options: { killed?: boolean; device?: typeof A } = {}): T {
    this.day++
    const { id, seed } = options.device ?? A
    const store = this.store()
    const ending = takeEnding(store, FOLDER, this.file, this.now)
    const index = openFolderIndex({ folder: FOLDER, device: id, seed, file: this.file, foldsCase: false, now: this.now, ending })
    const result = work(index)
    if (options.killed === true) index.close()
    else closeCleanly(index, store, FOLDER, this.file, this.now)
    store.close()
    return result
  }

  write(options: { killed?: boolean; device?: typeof A } = {}): number {
    return this.run((index) => {
      index.author([file(`day-${this.day}`, 'x')], { now: this.now })
      return chains(index)
    }, options)
  }
}

function chains(index: SqliteFolderIndex): number {
  return index.have().length
}

let home: Home
beforeEach(() => {
  home = new Home()
})

describe('a device that was closed properly', () => {
  test('goes on in its epoch, day after day', () => {
    for (let day = 0; day < 10; day++) expect(home.write()).toBe(1)
    expect(home.run((index) => index.have())).toEqual([{ author: A.id, epoch: expect.any(Number) as number, seq: 10 }])
  })

  test('writes records that the others take as one chain', () => {
    const other = open(B)
    for (let day = 0; day < 3; day++) {
      home.write()
      expect(home.run((index) => other.ingest(missing(index, other), { ...RULES, now: home.now }))).toMatchObject({ records: 1 })
    }
    expect(other.have()).toHaveLength(1)
  })

  test('begins an epoch after it was killed, once', () => {
    home.write()
    home.write({ killed: true })
    expect(home.write()).toBe(2)
    expect(home.write()).toBe(2)
  })

  test('begins an epoch after a long pause, or where the clock went back', () => {
    home.write()
    home.day += 30
    expect(home.write()).toBe(2)
    home.day -= 3
    expect(home.write()).toBe(3)
  })

  test('begins an epoch when its key is another one', () => {
    home.write()
    home.run(
      (index) => {
        index.author([file('of-b', 'x')], { now: home.now })
        expect(index.have().map(({ author }) => author)).toEqual([A.id, B.id])
      },
      { device: B },
    )
  })
})

describe('a device whose database was restored begins an epoch', () => {
  const backup = (): string => join(home.dir, '..', 'backup')

  test('when the index alone is an older copy', () => {
    home.write()
    cpSync(home.file, backup())
    home.write()
    copyFileSync(backup(), home.file)
    expect(home.write()).toBe(2)
  })

  test('when the index alone is an older copy put in place of the very same file by a rename', () => {
    home.write()
    cpSync(home.file, backup(), { preserveTimestamps: true })
    home.write()
    renameSync(backup(), home.file)
    expect(home.write()).toBe(2)
  })

  test('when all of the home is an older copy', () => {
    home.write()
    cpSync(home.dir, backup(), { recursive: true, preserveTimestamps: true })
    home.write()
    rmSync(home.dir, { recursive: true })
    renameSync(backup(), home.dir)
    expect(home.write()).toBe(2)
  })

  test('when all of the home is an older copy, written over the files in place', () => {
    home.write()
    cpSync(home.dir, backup(), { recursive: true, preserveTimestamps: true })
    home.write()
    cpSync(backup(), home.dir, { recursive: true, preserveTimestamps: true, force: true })
    expect(home.write()).toBe(2)
  })

  test('when the device’s database alone is an older copy', () => {
    home.write()
    cpSync(join(home.dir, 'device.db'), backup())
    home.write()
    copyFileSync(backup(), join(home.dir, 'device.db'))
    expect(home.write()).toBe(2)
  })

  test('when a copy made while it ran is put back, with what SQLite keeps beside it', () => {
    home.write()
    mkdirSync(backup())
    home.run((index) => {
      index.author([file('in the middle', 'x')], { now: home.now })
      cpSync(home.dir, backup(), { recursive: true })
      expect(existsSync(join(backup(), 'folder.db-wal'))).toBe(true)
    })
    home.write()
    rmSync(home.dir, { recursive: true })
    renameSync(backup(), home.dir)
    expect(home.write()).toBe(2)
  })

  test('when what it opens is not what it closed, and only once is believed', () => {
    home.write()
    const store = home.store()
    expect(takeEnding(store, FOLDER, home.file, home.now)).toMatchObject({ seq: 1 })
    expect(takeEnding(store, FOLDER, home.file, home.now)).toBeUndefined()
    store.close()
    expect(home.write()).toBe(2)
  })
})
