import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Queue, silentLogger } from '#base'
import { inProcess, type FolderIndex } from '#db'
import { A, B, heads, open as openIndex, send, todoPaths } from '../db/fixtures.ts'
import { REST_MS } from '../../src/sync/running-deletions.ts'
import { Scanner, type ScanOutcome } from '../../src/sync/scanner.ts'
import { HandClock } from '../base/hand-clock.ts'
import { simSubject, type SimSubject } from '../folder/subjects.ts'
import { TestFolder } from '../folder/test-folder.ts'

const NEVER = new AbortController().signal
const PHOTOS = 60

let folder: TestFolder
let index: ReturnType<typeof openIndex>
let scanner: Scanner
let clock: HandClock

beforeEach(() => reopen(simSubject()))

async function reopen(subject: SimSubject): Promise<void> {
  folder = await TestFolder.adopted(subject)
  know(openIndex(A))
}

function know(other: ReturnType<typeof openIndex>): void {
  index = other
  clock = new HandClock()
  scanner = new Scanner({
    index: inProcess<FolderIndex>(index),
    disk: folder.disk,
    clock,
    logger: silentLogger,
    tree: new Queue(),
    healthy: async () => undefined,
    local: () => false,
    authored: () => undefined,
  })
}

afterEach(() => folder.close())

function scan(scopes: readonly string[] | null = null): Promise<ScanOutcome> {
  return scanner.scan(scopes, NEVER)
}

/** Looks until deletions have come to rest. */
async function scanAtRest(): Promise<ScanOutcome> {
  await scan()
  clock.pass(REST_MS)
  return scan()
}

function live(path: string): boolean {
  return heads(index, path).some((head) => head !== 'tombstone')
}

function livePhotos(): number {
  return Array.from({ length: PHOTOS }, (_, n) => live(`photos/${n}.jpg`)).filter(Boolean).length
}

async function photos(): Promise<void> {
  for (let n = 0; n < PHOTOS; n++) folder.user.write(`photos/${n}.jpg`, `photo ${n}`)
  folder.user.write('note', 'n')
  await scan()
  await scan()
}

function removePhotos(): void {
  for (let n = 0; n < PHOTOS; n++) folder.user.remove(`photos/${n}.jpg`)
  folder.user.remove('photos')
}

describe('deletions that wait for the user', () => {
  for (const kind of ['a link', 'a file'] as const) {
    it(`are also those of a directory in whose place ${kind} came`, async () => {
      await photos()
      removePhotos()
      if (kind === 'a link') folder.user.symlink('photos', '/elsewhere')
      else folder.user.write('photos', 'moved to the other disk')
      expect((await scan()).held).toBe(PHOTOS)
      expect(livePhotos()).toBe(PHOTOS)
      expect(heads(index, 'photos').length).toBe(1)
      expect((await scan()).held).toBe(PHOTOS)
      scanner.approve()
      expect((await scan()).held).toBe(0)
      expect(livePhotos()).toBe(0)
      expect((await scan()).changed).toBe(0)
    })
  }

  it('are none where the files of that directory were moved', async () => {
    await photos()
    folder.user.rename('photos', 'pictures')
    folder.user.symlink('photos', 'pictures')
    expect((await scan()).held).toBe(0)
    expect(livePhotos()).toBe(0)
    expect(live(`pictures/0.jpg`)).toBe(true)
  })

  it('are none where a look at one place alone misses what has moved elsewhere: all is looked at then', async () => {
    await photos()
    folder.user.rename('photos', 'pictures')
    expect(await scan(['photos'])).toMatchObject({ held: 0, changed: 0, needsAll: true })
    expect(livePhotos()).toBe(PHOTOS)
    expect(await scan()).toMatchObject({ held: 0, needsAll: false })
    expect(livePhotos()).toBe(0)
    expect(live('pictures/0.jpg')).toBe(true)
    expect(await scan(['pictures'])).toMatchObject({ changed: 0, needsAll: false })
  })

  it('are none any more once what was missing is found elsewhere, and hold back no others', async () => {
    await photos()
    folder.user.rename('photos', '.holdfast/away')
    expect((await scan()).held).toBe(PHOTOS + 1)
    folder.user.write('later', 'l')
    expect(await scan(['later'])).toMatchObject({ held: 0, changed: 1, needsAll: false })
    folder.user.rename('.holdfast/away', 'pictures')
    expect((await scan()).held).toBe(0)
    expect(live('pictures/0.jpg')).toBe(true)
    for (let n = 0; n < 30; n++) folder.user.remove(`pictures/${n}.jpg`)
    expect((await scanAtRest()).held).toBe(0)
    expect(live('pictures/0.jpg')).toBe(false)
  })

  it('count no more once the entries are back, at another path and as late as it may be', async () => {
    await photos()
    folder.user.mkdir('.holdfast/away')
    for (let n = 0; n < 29; n++) folder.user.rename(`photos/${n}.jpg`, `.holdfast/away/${n}.jpg`)
    expect((await scanAtRest()).held).toBe(0)
    expect(livePhotos()).toBe(PHOTOS - 29)
    folder.user.rename('.holdfast/away', 'pictures')
    expect((await scan()).held).toBe(0)
    for (let n = 29; n < 58; n++) folder.user.remove(`photos/${n}.jpg`)
    expect((await scanAtRest()).held).toBe(0)
    expect(livePhotos()).toBe(PHOTOS - 58)
  })

  it('are none where the entries were found at another path before they were missed', async () => {
    await photos()
    folder.user.rename('photos', 'pictures')
    await scan(['pictures'])
    expect(live('pictures/0.jpg')).toBe(true)
    expect((await scan()).held).toBe(0)
    expect(livePhotos()).toBe(0)
  })

  it('wait although the user agreed once when nothing was held', async () => {
    await photos()
    scanner.approve()
    removePhotos()
    expect((await scan()).held).toBe(PHOTOS + 1)
  })

  it('go ahead when the user agreed, whatever else is looked at first', async () => {
    await photos()
    removePhotos()
    expect((await scan()).held).toBe(PHOTOS + 1)
    scanner.approve()
    folder.user.remove('note')
    await scan(['note'])
    expect((await scan()).held).toBe(0)
    expect(livePhotos()).toBe(0)
  })
})

describe('a disk mounted inside the folder', () => {
  it('takes no entry along when it goes, unless the user agrees', async () => {
    const subject = simSubject()
    await reopen(subject)
    folder.user.write('mount/x', 'x')
    await scan()
    await scan()
    folder.user.remove('mount/x')
    for (const inode of subject.disk.all()) if (inode.path === '/folder/mount') inode.dev = 2
    expect((await scan()).problems).toMatchObject([{ path: 'mount', code: 'device-boundary' }])
    for (const inode of subject.disk.all()) if (inode.path === '/folder/mount') inode.dev = 1
    expect((await scan()).held).toBe(1)
    expect(live('mount/x')).toBe(true)
    scanner.approve()
    expect((await scan()).held).toBe(0)
    expect(live('mount/x')).toBe(false)
  })
})

describe('a name that is spelled in another way', () => {
  const nfd = 'Re\u0301sume\u0301'
  const nfc = nfd.normalize('NFC')

  it('is the same file, not a deletion and a new one', async () => {
    folder.user.write(`${nfd}.txt`, 'my thesis')
    await scan()
    await scan()
    folder.user.rename(`${nfd}.txt`, `${nfc}.txt`)
    await scan()
    expect(live(`${nfc}.txt`)).toBe(true)
    await scan()
    expect(heads(index, `${nfc}.txt`)).toEqual(heads(index, `${nfd}.txt`))
    expect(live(`${nfc}.txt`)).toBe(true)
    expect((await scan()).changed).toBe(0)
  })

  it('is the same directory, with all below it, though files in it were edited', async () => {
    for (let n = 0; n < PHOTOS; n++) folder.user.write(`${nfd}/${n}`, `photo ${n}`)
    await scan()
    await scan()
    folder.user.rename(nfd, nfc)
    for (let n = 0; n < PHOTOS; n++) folder.user.write(`${nfc}/${n}`, `edited ${n}`)
    expect((await scan()).held).toBe(0)
    await scan()
    for (let n = 0; n < PHOTOS; n++) expect(live(`${nfc}/${n}`)).toBe(true)
    expect((await scan()).changed).toBe(0)
    folder.user.remove(`${nfc}/0`)
    await scan()
    expect(live(`${nfc}/0`)).toBe(false)
  })
})

describe('a file that equals a version that was deleted, where a database was lost', () => {
  const deleted = ['first', 'second', 'third', 'fourth']

  beforeEach(async () => {
    for (const path of deleted) folder.user.write(path, path)
    await scan()
    for (const path of deleted) folder.user.remove(path)
    await scan()
    if (deleted.some(live)) throw new Error('the files are still there')
    const before = index
    know(openIndex(B))
    send(before, index)
  })

  it('is that version when the disk is looked at for the first time, and the user’s when it comes later', async () => {
    folder.user.write('first', 'first')
    await scan()
    expect(live('first')).toBe(false)
    folder.user.write('second', 'second')
    await scan(['second'])
    expect(live('second')).toBe(true)
  })

  it('is the user’s when it comes after that, but where another could not be read', async () => {
    folder.user.write('first', 'first')
    folder.user.chmod('first', 0)
    folder.user.mkdir('closed')
    folder.user.chmod('closed', 0)
    expect((await scan()).problems).toHaveLength(2)
    folder.user.write('second', 'second')
    folder.user.chmod('first', 0o644)
    await scan()
    expect(live('second')).toBe(true)
    expect(live('first')).toBe(false)
    folder.user.remove('first')
    await scan()
    folder.user.write('first', 'first')
    await scan(['first'])
    expect(live('first')).toBe(true)
  })

  it('is that version where sync may have put it there and could not note it', async () => {
    await scan()
    scanner.doubt()
    folder.user.write('third', 'third')
    await scan(['third'])
    expect(live('third')).toBe(false)
    await scan()
    folder.user.write('fourth', 'fourth')
    await scan(['fourth'])
    expect(live('fourth')).toBe(true)
  })
})

describe('a file that is deleted while it is ignored', () => {
  beforeEach(async () => {
    for (const path of ['a.dat', 'b.dat', 'keep']) folder.user.write(path, path)
    await scan()
    folder.user.write('.holdfastignore', '*.dat')
    await scan()
  })

  it('is not deleted elsewhere when the rule goes, but is to come back', async () => {
    folder.user.remove('a.dat')
    await scan(['a.dat'])
    folder.user.remove('.holdfastignore')
    await scan()
    expect(live('a.dat') && live('b.dat')).toBe(true)
    expect(todoPaths(index)).toEqual(['a.dat'])
  })

  it('also where only a look at everything found it', async () => {
    folder.user.remove('a.dat')
    await scan()
    folder.user.remove('.holdfastignore')
    await scanAtRest()
    expect(live('a.dat')).toBe(true)
    folder.user.remove('b.dat')
    await scan()
    expect(live('b.dat')).toBe(false)
  })
})
