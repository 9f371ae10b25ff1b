import { messageOf, type Clock, type Logger, type Timer } from '#base'
import type { Have } from '#db'
import { byChain, chainKey, type DeviceId, type FolderId } from '#model'
import { encodeMessage } from './messages.ts'

/** Wants of one folder under way to one device at most: well below what makes it take them for a flood. */
const MAX_UNDER_WAY = 64
/** A device that answers nothing for this long is not waited for. */
const ANSWER_MS = 30_000
/** Nor one that answers everything else for this long. */
const LONGEST_ANSWER_MS = 10 * ANSWER_MS

/** A device that records are wanted from. */
export interface WantedFrom {
  device: DeviceId
  send(message: Uint8Array): Promise<void>
}

interface Asked {
  /** Chains that went further there than here when it last said so, and have not proved unobtainable since. */
  ahead: Map<string, Have>
  underWay: number
  /** When it last answered; of the monotonic clock. */
  answered: number
  /** How long it is waited for, ms: twice as long each time that it is asked the same again, for it, or the way to it, may just be slow. */
  patience: number
}

interface Want {
  from: WantedFrom
  /** What `from` had said of the chain; the very object that it is in `ahead`, until `from` says something new. */
  have: Have
  /** The first record that it was asked for. */
  seq: number
  since: number
  timer: Timer | null
}

/** What one folder lacks of others' records: each chain is asked of one device at a time, and few chains of each device at once. */
export class Wants {
  readonly #parts: { folder: FolderId; clock: Clock; logger: Logger }
  readonly #peers = new Map<WantedFrom, Asked>()
  readonly #wants = new Map<string, Want>()
  /** How far our own chains go. */
  #known = new Map<string, number>()

  constructor(parts: { folder: FolderId; clock: Clock; logger: Logger }) {
    this.#parts = parts
  }

  /** What we have, from now on. */
  setHave(have: readonly Have[]): void {
    this.#known = byChain(have)
  }

  /** How far a chain goes here. */
  mine(chain: Pick<Have, 'author' | 'epoch'>): number {
    return this.#known.get(chainKey(chain)) ?? 0
  }

  /** `from` said how far its chains go: it is asked for what is missing here. */
  said(from: WantedFrom, have: readonly Have[]): void {
    const ahead = new Map<string, Have>()
    for (const item of have) {
      const key = chainKey(item)
      if (item.seq > (this.#known.get(key) ?? 0)) ahead.set(key, { ...item })
    }
    const known = this.#peers.get(from)
    if (known === undefined) this.#peers.set(from, { ahead, underWay: 0, answered: 0, patience: ANSWER_MS })
    else known.ahead = ahead
    this.ask(from)
  }

  /** Was `device` asked for this chain, and has not answered? */
  isAsked(device: DeviceId, chain: Pick<Have, 'author' | 'epoch'>): boolean {
    return this.#wants.get(chainKey(chain))?.from.device === device
  }

  expects(from: WantedFrom): boolean {
    return (this.#peers.get(from)?.underWay ?? 0) > 0
  }

  /** Has the device that was asked for this chain said nothing new since? Else its answer may be older than what it said. */
  isLastWord(chain: Pick<Have, 'author' | 'epoch'>): boolean {
    const key = chainKey(chain)
    const want = this.#wants.get(key)
    return want !== undefined && this.#peers.get(want.from)?.ahead.get(key) === want.have
  }

  /** Is what was asked for of this chain still to come? */
  lacks(chain: Pick<Have, 'author' | 'epoch'>): boolean {
    const want = this.#wants.get(chainKey(chain))
    return want !== undefined && want.seq > this.mine(chain)
  }

  /** An answer has been taken in; `useful`: with something new. One that gave nothing is not asked again before it says something new. */
  answered(chain: Pick<Have, 'author' | 'epoch'>, useful: boolean): void {
    const key = chainKey(chain)
    const from = this.#wants.get(key)?.from
    if (from === undefined) return
    const isVain = !useful && this.isLastWord(chain)
    this.#end(key)
    const asked = this.#peers.get(from)
    if (asked === undefined) return
    asked.answered = this.#parts.clock.monotonic()
    if (isVain) asked.ahead.delete(key)
    if (useful) this.ask(from)
    else this.askAll()
  }

  /** An answer could not be taken in, for a reason of ours: it is asked for again with `askAll`. */
  failed(chain: Pick<Have, 'author' | 'epoch'>): void {
    this.#end(chainKey(chain))
  }

  /** Everyone is asked for what is missing and not under way. */
  askAll(): void {
    for (const from of this.#peers.keys()) this.ask(from)
  }

  ask(from: WantedFrom): void {
    const asked = this.#peers.get(from)
    if (asked === undefined) return
    for (const [key, have] of asked.ahead) {
      if (asked.underWay >= MAX_UNDER_WAY) return
      const mine = this.#known.get(key) ?? 0
      if (have.seq <= mine) asked.ahead.delete(key)
      else if (!this.#wants.has(key)) this.#send(from, asked, have, mine + 1)
    }
  }

  /** `from` did not hear what it was asked before. */
  forget(from: WantedFrom): void {
    for (const [key, want] of this.#wants) if (want.from === from) this.#end(key)
  }

  /** `from` has gone: what was asked of it is asked of others. */
  drop(from: WantedFrom): void {
    this.forget(from)
    this.#peers.delete(from)
    this.askAll()
  }

  stop(): void {
    for (const { timer } of this.#wants.values()) timer?.cancel()
    this.#wants.clear()
    this.#peers.clear()
  }

  #send(from: WantedFrom, asked: Asked, have: Have, seq: number): void {
    const key = chainKey(have)
    const want: Want = { from, have, seq, since: this.#parts.clock.monotonic(), timer: null }
    this.#wants.set(key, want)
    asked.underWay++
    this.#watch(key, want)
    from.send(encodeMessage({ type: 'want', folder: this.#parts.folder, ...have, seq })).catch((error: unknown) => {
      this.#parts.logger.debug({ device: from.device, error: messageOf(error) }, 'a want could not be sent')
      if (this.#wants.get(key) === want) this.#end(key)
    })
  }

  /** Answers come in turn: a device that is busy answering has not forgotten what waits behind. */
  #watch(key: string, want: Want): void {
    const { clock } = this.#parts
    const patience = this.#peers.get(want.from)?.patience ?? ANSWER_MS
    want.timer = clock.after(
      patience,
      () => {
        const now = clock.monotonic()
        const heard = Math.max(want.since, this.#peers.get(want.from)?.answered ?? 0)
        if (now - heard < patience && now - want.since < LONGEST_ANSWER_MS) this.#watch(key, want)
        else this.#onSilence(key, want.from)
      },
      { idle: true },
    )
  }

  /** Others are asked first; where there is none, the same again: what it was asked, or its answer, may have been lost. */
  #onSilence(key: string, from: WantedFrom): void {
    this.#end(key)
    const asked = this.#peers.get(from)
    const have = asked?.ahead.get(key)
    asked?.ahead.delete(key)
    this.askAll()
    if (asked === undefined || have === undefined || this.#wants.has(key)) return
    asked.patience = Math.min(2 * asked.patience, LONGEST_ANSWER_MS)
    asked.ahead.set(key, have)
    this.ask(from)
  }

  #end(key: string): void {
    const want = this.#wants.get(key)
    if (want === undefined) return
    want.timer?.cancel()
    this.#wants.delete(key)
    const asked = this.#peers.get(want.from)
    if (asked !== undefined) asked.underWay--
  }
}
