import { counterOf, covers, dotOf, hasSeen, isLive, sameContent, supersedes, type AuthoredVersion } from '#model'
import { draftFrom } from './draft.ts'
import type { Head } from './head-algebra.ts'
import type { Ledger } from './ledger.ts'
import type { RecordWriter } from './record-writer.ts'
import type { Tables } from './tables/index.ts'
import type { Known } from './tables/records.ts'

/**
 * Rescues what versions of this device have superseded that cannot know of it, because its database was lost or restored between them.
 * Its counters follow its clock. Where that was set back, a record may come that carries a greater counter of this device from
 * before, and seems to have seen what was written since: that is written once more, with a counter that is greater still, in
 * place of this device's own from before, which the disk showed then, and beside what others have made of them. And what
 * was written since seems to have seen all from before: of that, what the disk need not have shown is written once more (`#unseen`).
 */
export class OwnRescue {
  readonly #tables: Tables
  readonly #parts: { ledger: Ledger; records: RecordWriter }
  readonly #lost: { key: string; head: Head }[] = []
  /** Records of this device from before the loss. */
  readonly #before = new Set<number>()
  /** Paths, id → key, of which a live version arrived that others supersede already. */
  readonly #passed = new Map<number, string>()

  constructor(tables: Tables, parts: { ledger: Ledger; records: RecordWriter }) {
    this.#tables = tables
    this.#parts = parts
  }

  /** Looks at the heads that an arriving record has superseded; `stays`: it is a head itself. */
  note(
    path: { id: number; key: string },
    arrival: Known,
    { gone: superseded, stays }: { gone: readonly Head[]; stays: boolean },
  ): void {
    const { device } = this.#tables.state
    if (!stays && isLive(arrival.version)) this.#passed.set(path.id, path.key)
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
    for (const [path, key] of this.#passed) this.#lost.push(...this.#unseen(path).map((head) => ({ key, head })))
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
   * Versions of this device by which it took over what another one had made, and which nothing has superseded that had seen them:
   * they are heads, or from before the loss. Who resolves a conflict writes what stays once more, and this disk need not have
   * shown that yet. What was written since supersedes them by its counter, though it lacks what they had seen. What this
   * device made itself came from its disk, and what was written since was made of that.
   */
  #unseen(path: number): Known[] {
    const { state, records } = this.#tables
    if (!this.#parts.ledger.heads(path).some(({ version }) => counterOf(version.vector, state.device) > 0)) return []
    const all = [...records.ofPath(path)]
    return all.filter(
      ({ version }) =>
        version.author === state.device &&
        isLive(version) &&
        !all.some((other) => supersedes(other.version, version) && covers(other.version.vector, version.vector)) &&
        all.some((other) => isTakenOver(version, other.version)),
    )
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

function isTakenOver(by: AuthoredVersion, version: AuthoredVersion): boolean {
  return version.author !== by.author && sameContent(version, by) && hasSeen(by, dotOf(version))
}
