import { ApiError } from '#api/client'
import type { ListItem } from '#api/contract'
import { failureOf, type Failure } from '../parts/action.tsx'
import { atOnce } from './at-once.ts'
import { sendContent } from './content.ts'
import { removeEmpty } from './remove-empty.ts'
import { joined, parentOf } from './rows.ts'
import { takeBackVersion } from './take-back.ts'
import { keyOf, type Into, type Sending } from './upload-plan.ts'

export interface Failed extends Failure {
  path: string
}

/** Numbers of one upload, for showing. */
export interface UploadState {
  step: 'sending' | 'undoing' | 'over'
  files: number
  filesDone: number
  bytes: number
  bytesDone: number
  bytesPerSecond: number
  added: number
  replaced: number
  failed: readonly Failed[]
  /** What was not sent any more, since it was cancelled or nothing could be sent. */
  left: number
  /** What was added is gone again. */
  isUndone: boolean
  /** Files that were not taken back, since somebody has changed them. */
  kept: number
  /** Why not all could be taken back. */
  undoFailure: Failure | null
}

/** Files on their way at once: more would only wait for each other, and each takes room on the disk until it is whole. */
const AT_ONCE = 4
const RATE_MS = 5_000
/** Where one fails with these, all others would. */
const FATAL = new Set(['offline', 'full', 'blocked', 'unsupported'])

interface Done {
  path: string
  kind: 'file' | 'directory'
  /** What it took the place of; null: nothing, undefined: nobody knows. */
  replaced: string | null | undefined
  /** The version that it is; null for a directory that no record describes. */
  version: string | null
}

/** Sends files into a folder: bounded in what it does at once, however many they are. One file that fails holds up no other. */
export class Upload {
  readonly folder: string
  /** The directory that it goes to. */
  readonly into: string
  /** Hears that something of `state` has changed: often. */
  changed: () => void = () => undefined
  #ending = new AbortController()
  /** All of it, sent or not. */
  readonly #all: readonly Sending[]
  #done: Done[] = []
  #failed: (Failed & { sending: Sending | null })[]
  #left: Sending[] = []
  #step: UploadState['step'] = 'over'
  #isUndone = false
  #sent = new Map<string, number>()
  #bytesDone = 0
  #toUndo = 0
  #undone = 0
  #kept = 0
  #undoFailure: Failure | null = null
  #samples: { at: number; bytes: number }[] = []
  readonly #missing: ReadonlySet<string>

  constructor(
    of: Into & { folder: string; there: ReadonlyMap<string, ListItem> },
    sendings: readonly Sending[],
    unread: readonly Failed[],
  ) {
    this.folder = of.folder
    this.into = of.into
    this.#all = sendings
    this.#failed = unread.map((failed) => ({ ...failed, sending: null }))
    this.#missing = missingOf(sendings, of, of.there)
  }

  get state(): UploadState {
    const all = this.#all
    const isUndoing = this.#step === 'undoing'
    return {
      step: this.#step,
      files: isUndoing ? this.#toUndo : all.length,
      filesDone: isUndoing ? this.#undone : this.#done.length + this.#failed.length,
      bytes: all.reduce((sum, { file }) => sum + (file?.size ?? 0), 0),
      bytesDone: this.#bytesNow(),
      bytesPerSecond: this.#rate(),
      added: this.#done.filter(({ kind, replaced }) => kind === 'file' && replaced === null).length,
      replaced: this.#done.filter(({ kind, replaced }) => kind === 'file' && replaced !== null).length,
      failed: this.#failed,
      left: this.#left.length,
      isUndone: this.#isUndone,
      kept: this.#kept,
      undoFailure: this.#undoFailure,
    }
  }

  get canRetry(): boolean {
    return this.#left.length > 0 || this.#failed.some(({ sending }) => sending !== null)
  }

  get canUndo(): boolean {
    return this.#done.length > 0 && !this.#isUndone
  }

  /** Sends all that was not sent yet; resolves when that is over, whatever became of it. */
  async run(): Promise<void> {
    const again = this.#failed.flatMap(({ sending }) => sending ?? [])
    const all = [...(this.#step === 'over' && this.#left.length + again.length > 0 ? [...this.#left, ...again] : this.#all)]
    this.#failed = this.#failed.filter(({ sending }) => sending === null)
    this.#left = []
    this.#ending = new AbortController()
    this.#step = 'sending'
    this.#samples = []
    const { signal } = this.#ending
    await atOnce(all, AT_ONCE, async (sending) => {
      if (signal.aborted) this.#left.push(sending)
      else await this.#send(sending, signal)
    })
    this.#step = 'over'
    this.changed()
  }

  /** What is under way is cut off, and leaves nothing; what has come stays until it is undone. */
  cancel(): void {
    this.#ending.abort(new DOMException('cancelled', 'AbortError'))
  }

  /**
   * Deletes what was added, and makes what was replaced again what it was; what others have changed since stays. Rejects with the first
   * failure, after all were tried: what failed can be tried again.
   */
  async undo(): Promise<void> {
    const { folder } = this
    const files = this.#done.filter(({ kind }) => kind === 'file')
    const [failures, over]: [unknown[], Set<Done>] = [[], new Set()]
    this.#step = 'undoing'
    this.#undoFailure = null
    ;[this.#toUndo, this.#undone] = [files.length, 0]
    await atOnce(files, AT_ONCE, async (done) => {
      const { path, version, replaced } = done
      try {
        // Where just that was there already, nothing came.
        if (version !== null && version !== replaced && !(await takeBackVersion({ folder, path, version }, replaced)))
          this.#kept++
        over.add(done)
      } catch (error) {
        failures.push(error)
      }
      this.#undone++
      this.changed()
    })
    this.#done = this.#done.filter((done) => !over.has(done))
    const deepestFirst = [...this.#missing].toSorted((a, b) => b.length - a.length)
    // One that stays is no failure: something else came into it meanwhile, or it is gone already.
    for (const path of deepestFirst) await removeEmpty(folder, path).catch(() => null)
    this.#step = 'over'
    this.#isUndone = failures.length === 0
    if (!this.#isUndone) this.#undoFailure = failureOf(failures[0])
    this.changed()
    if (!this.#isUndone) throw failures[0]
  }

  async #send(sending: Sending, signal: AbortSignal): Promise<void> {
    const { path, kind, file } = sending
    const modified = file === null ? {} : { modified: file.lastModified }
    this.#sent.set(path, 0)
    try {
      const body = file ?? new Blob()
      const { version, replaced } = await sendContent({ folder: this.folder, path, kind, ...modified }, body, signal, (bytes) => {
        this.#sent.set(path, Math.min(bytes, body.size))
        this.changed()
      })
      this.#done.push({ path, kind, replaced, version })
      this.#bytesDone += body.size
    } catch (error) {
      if (signal.aborted) this.#left.push(sending)
      else {
        const unread = file === null || !isOffline(error) ? null : await faultOf(file)
        this.#failed.push({ path, ...(unread ?? failureOf(error)), sending })
        // Those under way may still come.
        if (unread === null && error instanceof ApiError && FATAL.has(error.code)) this.cancel()
      }
    } finally {
      this.#sent.delete(path)
      this.changed()
    }
  }

  #bytesNow(): number {
    let bytes = this.#bytesDone
    for (const sent of this.#sent.values()) bytes += sent
    return bytes
  }

  #rate(): number {
    const now = { at: performance.now(), bytes: this.#bytesNow() }
    this.#samples = [...this.#samples.filter(({ at }) => at > now.at - RATE_MS), now]
    const first = this.#samples[0]!
    const seconds = (now.at - first.at) / 1_000
    return seconds < 0.2 ? 0 : Math.max(0, (now.bytes - first.bytes) / seconds)
  }
}

/** The directories that are made by an upload: those sent, and those on the way to a file. */
function missingOf(
  sendings: readonly Sending[],
  { into, foldsCase }: Into,
  there: ReadonlyMap<string, ListItem>,
): ReadonlySet<string> {
  const missing = new Set<string>()
  for (const { path, kind } of sendings) {
    const above = kind === 'directory' ? joined(path, '.') : path
    for (let at = parentOf(above); at !== '' && at.length > into.length && !there.has(keyOf(at, foldsCase)); at = parentOf(at))
      missing.add(at)
  }
  return missing
}

function isOffline(error: unknown): boolean {
  return error instanceof ApiError && error.status === 0
}

/** Why a file cannot be read; null: it can. One that cannot breaks a request off as a lost connection does. */
async function faultOf(file: File): Promise<Failure | null> {
  try {
    await file.slice(0, 1).arrayBuffer()
    return null
  } catch (error) {
    return failureOf(error)
  }
}
