import type { Clock } from '#base'
import type { Filesystem } from '#folder'
import { through, type Boot } from './boot.ts'
import type { Dice } from './dice.ts'
import { SimDisk, simError, type SimInode } from './sim-disk.ts'
import { SimFilesystem } from './sim-filesystem.ts'

/** Calls that take up space. */
const GROWING = new Set(['write', 'open create', 'mkdir', 'link', 'symlink'])
/** Calls that a broken disk may fail. */
const BREAKABLE = new Set([
  'open read',
  'open write',
  'open create',
  'read',
  'write',
  'rename',
  'link',
  'unlink',
  'mkdir',
  'flush',
  'survey',
  'setFile',
  'truncate',
  'stat',
])
/** Disk verbs during which users may be at work, too. */
const LOOKING = new Set(['scan', 'hash', 'read', 'stage'])

/** A simulated disk as the engine meets it: full at times, broken at times, and gone in the middle of a call. */
export class FaultyDisk {
  readonly disk: SimDisk
  /** What users' programs work with: nothing fails. */
  readonly raw: Filesystem
  /** While set, nothing more fits. */
  full = false
  /** So many calls are still to fail with EIO, at random. */
  broken = 0
  /** The power goes after so many calls. */
  cutAfter: number | null = null
  /** The verb that the engine asks for now. */
  during = ''
  /** Called in the middle of the engine's reading, now and then. */
  meanwhile: (() => void) | null = null
  /** Flushes have no effect. */
  losesFlushes = false
  readonly #dice: Dice

  constructor(clock: Clock, dice: Dice, root: string) {
    this.#dice = dice
    this.disk = new SimDisk({ clock, random: dice.random })
    this.raw = new SimFilesystem(this.disk, { lasting: true })
    let dir = this.raw.openRoot('/')
    for (const name of root.split('/').slice(1)) {
      this.raw.mkdir(dir, name)
      dir = this.raw.openDir(dir, name)
    }
    this.disk.settle()
  }

  /** The filesystem of one run of the engine. `powerCut` is called when it is to die in the middle of a call. */
  connect(boot: Boot, powerCut: () => void): Filesystem {
    const fs = new SimFilesystem(this.disk, { hooks: { losesFlush: () => this.losesFlushes } })
    return through<Filesystem>(fs, (method, args, run) => {
      this.#before(boot, method === 'open' ? `open ${String(args[2])}` : method, powerCut)
      if (method === 'flush') this.#flushAbove(args[0] as { inode: SimInode }[])
      return run()
    })
  }

  /** The power goes: what was not flushed may be lost or torn. */
  cut(): void {
    this.cutAfter = null
    this.disk.crash()
  }

  /** As journals do: what is flushed takes the entries along that lead to it. */
  #flushAbove(items: readonly { inode: SimInode }[]): void {
    if (this.losesFlushes) return
    for (const { inode } of items) for (let at = inode.where?.parent; at !== undefined; at = at.where?.parent) this.disk.flush(at)
  }

  #before(boot: Boot, method: string, powerCut: () => void): void {
    if (!boot.alive) throw simError('EIO', method)
    if (this.cutAfter !== null && method !== 'closeDir' && method !== 'close' && --this.cutAfter < 0) {
      this.cutAfter = null
      powerCut()
      throw simError('EIO', method)
    }
    if (this.full && GROWING.has(method)) throw simError('ENOSPC', method)
    if (this.broken > 0 && BREAKABLE.has(method) && this.#dice.chance(0.1)) {
      this.broken--
      throw simError('EIO', method)
    }
    if (this.meanwhile !== null && LOOKING.has(this.during) && this.#dice.chance(0.02)) {
      const act = this.meanwhile
      this.meanwhile = null
      act()
    }
  }
}
