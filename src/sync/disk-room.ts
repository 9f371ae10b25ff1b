import { HoldfastError, type Clock } from '#base'
import type { FolderDisk } from '#folder'

const MIB = 1024 * 1024
/** Large files leave so much of a disk to small ones and to other programs: this share of it, but no more than so many bytes. */
const KEPT_SHARE = 0.02
const MOST_KEPT = 64 * MIB
/** How long what a look at the disk told serves. */
const FRESH_MS = 1_000
/** What the stager has written may be so much more than is counted as done. */
const UNCOUNTED = 16 * MIB

/** A file that is to take room on the disk. Bytes. */
export interface Claimant {
  size: number
  /** What lies in the stage of it already. Asked where the whole would not fit. */
  staged(): Promise<number>
  /** What of it is staged by now; 0 before it was begun. */
  done(): number
}

/** Room that a file was promised. */
export interface Claim extends Pick<Claimant, 'size' | 'done'> {
  /** What it lacked at first. */
  need: number
}

/** Who may take how much of a disk, so that nothing is begun there that has no room. */
export class DiskRoom {
  readonly #disk: Pick<FolderDisk, 'space'>
  readonly #clock: Pick<Clock, 'monotonic'>
  readonly #claims = new Set<Claim>()
  /** Bytes free on the disk, and those of them that nobody was promised. */
  #free = 0
  #room = 0
  #lookedAt = -Infinity
  #looking: Promise<void> | null = null

  constructor(disk: Pick<FolderDisk, 'space'>, clock: Pick<Clock, 'monotonic'>) {
    this.#disk = disk
    this.#clock = clock
  }

  async fits(bytes: number): Promise<boolean> {
    await this.#look()
    return bytes <= this.#room
  }

  /** To be released. Not to be called again before it has resolved; throws `full` where there is too little room. */
  async claim({ size, staged, done }: Claimant): Promise<Claim> {
    const lies = (await this.fits(size)) ? 0 : await staged()
    const need = size - lies
    if (need > 0 && !(await this.fits(need))) {
      const kept = Math.min(this.#free, this.#free - this.#room)
      throw new HoldfastError(
        'full',
        `it needs ${inMib(size)}; ${inMib(this.#free + lies)} are free on the disk, ${inMib(kept)} of them kept for other files`,
        { reason: 'no-room', values: { mibNeed: size, mibFree: this.#free + lies, mibKept: kept } },
      )
    }
    const claim = { size, done, need }
    this.#claims.add(claim)
    this.#room -= need
    return claim
  }

  release(claim: Claim): void {
    this.#claims.delete(claim)
  }

  /** Throws `full` when what a file still lacks can no longer find room, whoever took it. */
  async check(claim: Claim): Promise<void> {
    await this.#look()
    if (left(claim) <= this.#free + UNCOUNTED) return
    throw new HoldfastError(
      'full',
      `it lacks ${inMib(left(claim))} yet, and only ${inMib(this.#free)} are free on the disk now`,
      {
        reason: 'no-room-left',
        values: { mibNeed: left(claim), mibFree: this.#free },
      },
    )
  }

  /** The disk has changed: it is looked at again before anything is promised. */
  forget(): void {
    this.#lookedAt = -Infinity
  }

  async #look(): Promise<void> {
    if (this.#clock.monotonic() - this.#lookedAt < FRESH_MS) return
    this.#looking ??= this.#measure().finally(() => (this.#looking = null))
    await this.#looking
  }

  async #measure(): Promise<void> {
    // What comes while the disk is being asked may be missing in its answer.
    const lacked = new Map(Array.from(this.#claims, (claim) => [claim, left(claim)]))
    this.#lookedAt = this.#clock.monotonic()
    const { freeBytes, totalBytes } = await this.#disk.space()
    // Some network disks cannot tell.
    this.#free = totalBytes === 0 ? Infinity : freeBytes
    this.#room = this.#free - Math.min(MOST_KEPT, totalBytes * KEPT_SHARE)
    for (const claim of this.#claims) this.#room -= lacked.get(claim) ?? claim.need
  }
}

function left({ size, need, done }: Claim): number {
  return Math.min(need, size - done())
}

/** `1,234.5 MiB` */
function inMib(bytes: number): string {
  return `${(Math.max(0, bytes) / MIB).toLocaleString('en', { maximumFractionDigits: 1 })} MiB`
}
