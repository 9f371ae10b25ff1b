import { counterOf, dotOf, sameContent, type AuthoredVersion } from '#model'
import { draftFrom } from './draft.ts'
import type { Head } from './head-algebra.ts'
import type { Ledger } from './ledger.ts'
import type { RecordWriter } from './record-writer.ts'
import type { Tables } from './tables/index.ts'
import type { Known } from './tables/records.ts'

/**
 * Rescues what this device wrote with counters too low. Its counters follow its clock; after its database was lost or restored
 * and its clock set back, a record may come that carries a greater counter of this device from before, and seems to have seen
 * what it cannot know of. Such versions are written once more, with a counter that is greater still: in place of this device's own
 * from before, which the disk showed then, and beside what others have made of them.
 */
export class OwnRescue {
  readonly #tables: Tables
  readonly #parts: { ledger: Ledger; records: RecordWriter }
  readonly #lost: { key: string; head: Head }[] = []
  /** Records of this device from before the loss. */
  readonly #before = new Set<number>()

  constructor(tables: Tables, parts: { ledger: Ledger; records: RecordWriter }) {
    this.#tables = tables
    this.#parts = parts
  }

  /** Looks at the heads that an arriving record has superseded. */
  note(path: { id: number; key: string }, arrival: Known, superseded: readonly Head[]): void {
    const { device } = this.#tables.state
    for (const head of superseded) {
      if (head.version.author !== device || this.#knew(arrival.version, head, path.id)) continue
      this.#lost.push({ key: path.key, head })
      if (arrival.version.author === device) this.#before.add(arrival.record)
    }
    if (arrival.version.author === device) this.#noteTwin(path, arrival)
  }

  /**
   * A record from before the loss comes with a counter that was given again since: what has superseded the other record of that
   * counter by now cannot be told from what was made of this one. Where this device itself has gone on from it, it is dealt with.
   */
  #noteTwin(path: { id: number; key: string }, arrival: Known): void {
    const { state, chains, records } = this.#tables
    const [, counter] = dotOf(arrival.version)
    const own = [...records.ofPath(path.id)].filter(({ version }) => version.author === state.device)
    for (const known of own) {
      const { epoch, seq } = known.version
      if (epoch <= arrival.version.epoch || dotOf(known.version)[1] !== counter) continue
      if (chains.find(state.device, epoch)?.own !== true) continue
      if (own.some(({ version }) => version.epoch === epoch && version.seq > seq)) continue
      this.#lost.push({ key: path.key, head: known })
    }
  }

  /** Writes again what was superseded by mistake. */
  finish(): void {
    const { ledger, records } = this.#parts
    for (const { key, head } of this.#lost) {
      const path = this.#tables.paths.find(key)
      if (path === undefined) continue
      const heads = ledger.heads(path.id)
      if (heads.some(({ version }) => sameContent(version, head.version))) continue
      const replaced = ({ record }: Head): boolean => this.#before.has(record)
      const written = records.write({ path, key, heads }, draftFrom(head.version), { base: head, replaced })
      ledger.demand(path.id, key, written.heads)
    }
  }

  /**
   * Was the arriving version made in knowledge of `head`? What it has seen of this device last tells: a record after `head` in the
   * same epoch or in a later one of this database; else one from before the loss, and then `head` is from before the loss,
   * too, unless it was written since this database was opened. Where clocks were ahead both may have the same counter.
   */
  #knew(arrival: AuthoredVersion, head: Head, path: number): boolean {
    const { state, chains, records } = this.#tables
    const last = counterOf(arrival.vector, state.device)
    const [, counter] = dotOf(head.version)
    const place = chains.placeOf(head.record)
    if (chains.find(place.author, place.epoch)?.own !== true) return true
    const since = place.epoch >= state.session
    for (const { record, version } of records.ofPath(path)) {
      if (record === head.record || version.author !== state.device || counterOf(version.vector, state.device) !== last) continue
      if (version.epoch === place.epoch) return version.seq > place.seq
      const own = chains.find(version.author, version.epoch)?.own === true
      return version.epoch > place.epoch && (own || !since)
    }
    return last === counter || !since
  }
}
