import type { RebalanceResult, Remark, RepairResult } from '#api/contract'
import { every, HoldfastError, orAborted, shellWord, sleep, toErrorShape } from '#base'
import type { FolderIndex } from '#db'
import type { DeviceId } from '#model'
import { newTally, tallySince, type Tally } from '#replication'
import type { BackendContext } from './backend-context.ts'
import type { FolderKeeping } from './folder-keeping.ts'
import type { OpenFolder } from './folder-opener.ts'
import { remark, yesNo, type RemarkCode } from './remarks.ts'
import { damageNotes, healed, lookAtStore } from './store-repair.ts'
import { helpsWith } from './untaken.ts'

/** How often it is looked whether devices that bring to themselves what they lack have come further, */
const LOOK_MS = 500
/** and after which time without that they are no longer waited for. */
const STALLED_MS = 60_000
const PROGRESS_MS = 250

type RebalancerContext = Pick<
  BackendContext,
  'registry' | 'network' | 'membership' | 'layout' | 'blocks' | 'mender' | 'housekeeping' | 'clock' | 'logger' | 'announce'
>

/** A folder that this device keeps versions of. */
interface Kept {
  name: string
  keeping: FolderKeeping
  index: Pick<FolderIndex, 'records'>
  /** What was done for it before the run. */
  before: Tally
  /** It failed, and is not tried again in this run. */
  failure: unknown
}

/** The command that it is done for. */
type RunOf = 'rebalance' | 'repair' | 'leave'

type Lack = Awaited<ReturnType<FolderKeeping['lacking']>>[number]

type WhyUnkept = Extract<RemarkCode, 'away' | 'silent' | 'nowhere' | 'full' | 'refused' | 'lies'>

interface Left {
  folder: Kept
  lacks: Lack[]
}

interface Outcome {
  done: Tally
  lacking: number
  notes: Remark[]
  elsewhere: RepairResult['elsewhere']
}

/**
 * What keepers and replicators do in quiet moments, at once, for somebody who waits for it. One run at a time; where one ends early, because its
 * caller has gone or Holdfast is stopped, what it has brought stays, and the rest comes by itself or in the next run.
 */
export class Rebalancer {
  readonly #context: RebalancerContext
  #running: RunOf | null = null

  constructor(context: RebalancerContext) {
    this.#context = context
  }

  /** Brings all that is lacking by the layout as it is now, and can be had. */
  rebalance(signal: AbortSignal): Promise<RebalanceResult> {
    return this.#alone('rebalance', async () => {
      const { layout, housekeeping } = this.#context
      layout.hurry()
      const { done, notes } = await this.#run('rebalance', signal)
      const { bytes: freedBytes, waitingBytes, elsewhere } = await housekeeping.run({ isDry: false, isSweepOnly: true, signal })
      return {
        epoch: layout.current?.counter ?? 0,
        movedBytes: done.bytes,
        freedBytes,
        waitingBytes: elsewhere.reduce((sum, { bytes }) => sum + bytes, waitingBytes),
        notes,
      }
    })
  }

  /** The same after a look whether what was there, here and with those that hold blocks, is there still. */
  repair(signal: AbortSignal): Promise<RepairResult> {
    return this.#alone('repair', async () => {
      const { mender } = this.#context
      mender.collect()
      try {
        let files = 0
        const look = async (): Promise<void> => void (files = await lookAtStore(this.#context, signal))
        const { done, lacking, notes, elsewhere } = await this.#run('repair', signal, look)
        const healing = await healed(this.#context, signal)
        notes.push(...damageNotes(this.#context, 'held'))
        return { checked: done.checked, repaired: done.copies, lacking, files, ...healing, elsewhere, notes }
      } finally {
        mender.collected()
      }
    })
  }

  /** Brings all that other devices are to hold to them, and frees nothing here; what of it could not be brought. */
  handOver(signal: AbortSignal): Promise<Remark[]> {
    return this.#alone('leave', async () => (await this.#run('leave', signal)).notes)
  }

  async #alone<T>(command: RunOf, work: () => Promise<T>): Promise<T> {
    if (this.#running !== null)
      throw new HoldfastError('exists', `a ${this.#running} runs already`, {
        reason: 'runs-already',
        hint: 'wait until that has ended',
      })
    this.#running = command
    try {
      return await work()
    } finally {
      this.#running = null
    }
  }

  /** `look`: whether all is there still; to be done first, where it is there. */
  async #run(command: RunOf, signal: AbortSignal, look?: () => Promise<void>): Promise<Outcome> {
    const { registry, clock, logger, announce } = this.#context
    const folders = registry.folders.flatMap(kept)
    const ends = folders.map(({ keeping }) => keeping.haste.begin())
    const total = await this.#size(command, folders)
    const tell = (done: number): void => announce({ event: 'progress', data: { command, done, total, unit: 'versions' } })
    const telling = every(
      clock,
      PROGRESS_MS,
      () => tell(Math.min(total, doneIn(folders).versions)),
      (error) => logger.debug({ error }, 'progress could not be told'),
    )
    for (const { keeping } of folders) keeping.replicas.counts.begin()
    try {
      if (look !== undefined) {
        // What nobody has looked at yet first: then all is looked for by what follows.
        for (const folder of folders) await this.#bring(folder, false, signal)
        await look()
      }
      const left = await this.#untilBrought(folders, look !== undefined, signal)
      tell(total)
      const outcome = {
        done: doneIn(folders),
        lacking: sumOf(left),
        notes: [...closed(registry.folders), ...left.flatMap(({ folder, lacks }) => this.#notesOn(folder, lacks))],
        elsewhere: folders.flatMap((folder) => this.#elsewhere(folder)),
      }
      logger.info({ ...outcome }, `${command} has ended`)
      return outcome
    } finally {
      telling.cancel()
      for (const { keeping } of folders) keeping.replicas.counts.end()
      for (const end of ends) end()
    }
  }

  /** How many versions there are to look at, about. */
  async #size(command: RunOf, folders: readonly Kept[]): Promise<number> {
    const sizes = folders.map(async ({ keeping, index }) => {
      if (command === 'repair') return (await index.records()) * (1 + keeping.replicas.count)
      return (await keeping.lacking()).reduce((sum, { records }) => sum + records, 0)
    })
    return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0)
  }

  /** What devices that hold blocks of a folder turned out to lack in this run. */
  #elsewhere({ name, keeping }: Kept): Outcome['elsewhere'] {
    const called = this.#context.membership.called()
    return keeping.replicas.counts.counts.map(({ device, ...count }) => ({ folder: name, device: called(device), ...count }))
  }

  /** Brings what can be had, and waits for devices that bring it to themselves, as long as they come further; what is lacking then. */
  async #untilBrought(folders: readonly Kept[], isAnew: boolean, signal: AbortSignal): Promise<Left[]> {
    const { clock } = this.#context
    for (let first = isAnew, lowest = Infinity; ; first = false) {
      for (const folder of folders) await this.#bring(folder, first, signal)
      const since = clock.monotonic()
      let left = await lackingIn(folders)
      while (sumOf(left) >= lowest && left.some(isAnyAtWork) && clock.monotonic() - since < STALLED_MS) {
        await sleep(clock, LOOK_MS, signal)
        left = await lackingIn(folders)
      }
      // Where some have come further, what waited for them may be done now.
      if (sumOf(left) === 0 || sumOf(left) >= lowest) return left
      lowest = sumOf(left)
    }
  }

  /** A folder that fails keeps none of the others from it. */
  async #bring(folder: Kept, isAnew: boolean, signal: AbortSignal): Promise<void> {
    if (folder.failure !== null) return
    try {
      await orAborted(folder.keeping.bringAll(isAnew), signal)
    } catch (error) {
      signal.throwIfAborted()
      this.#context.logger.warn({ error, folder: folder.name }, 'what is lacking of a folder could not be brought')
      folder.failure = error
    }
  }

  #notesOn({ name, keeping, failure }: Kept, lacks: readonly Lack[]): Remark[] {
    const notes = lacks.map(({ device, records }): Remark => {
      const { reasonCode, hint } = this.#reason(keeping, device)
      const isOwn = device === this.#context.network.group.device
      const called = isOwn ? '' : this.#context.membership.called()(device)
      return remark(name, reasonCode, { versions: records, own: yesNo(isOwn), device: called }, hint)
    })
    return failure === null ? notes : [failed(name, failure), ...notes]
  }

  /** Why a device lacks something, and what to do. */
  #reason(keeping: FolderKeeping, device: DeviceId): { reasonCode: WhyUnkept; hint: string } {
    const { network, membership } = this.#context
    if (device === network.group.device) return NOWHERE
    if (!network.peers().some((peer) => peer.device === device)) {
      const name = membership.reference(device)
      return {
        reasonCode: 'away',
        hint: `start it, and it gets what it lacks by itself; if it is gone for good: holdfast devices remove ${name}`,
      }
    }
    const obstacle = keeping.holders.obstacles.find((each) => each.device === device)?.obstacle
    if (obstacle !== undefined) return { reasonCode: obstacle, hint: helpsWith(obstacle, membership.called()(device)) }
    if (!keeping.holders.isKeeper(device) && keeping.replicas.isBringingTo(device)) return NOWHERE
    return {
      reasonCode: 'silent',
      hint: `on ${membership.called()(device)}: holdfast status tells how it stands`,
    }
  }
}

function kept({ stored: { name }, keeping, index }: OpenFolder): Kept[] {
  if (keeping === null || index === null || !keeping.isKept || !keeping.keeps) return []
  return [{ name, keeping, index, before: { ...keeping.haste.tally }, failure: null }]
}

/** Folders whose versions could not be looked after. */
function closed(folders: readonly OpenFolder[]): Remark[] {
  return folders.flatMap(({ stored: { name }, keeping }) => {
    const hint = `holdfast folder problems ${shellWord(name)} tells more`
    return keeping === null ? [remark(name, 'closed', {}, hint)] : []
  })
}

/** That something of it failed; what goes with the failure's own reason goes with this, too. */
function failed(folder: string, failure: unknown): Remark {
  const { message, reason, values } = toErrorShape(failure)
  const told = reason === undefined ? {} : { values: { ...values, reason } }
  return { folder, reasonCode: 'failed', message, hint: 'holdfast health tells more', ...told }
}

const NOWHERE = {
  reasonCode: 'nowhere' as const,
  hint: 'connect the other devices of the folder (holdfast devices shows them): what they have comes by itself',
}

function doneIn(folders: readonly Kept[]): Tally {
  const sum = newTally()
  for (const { keeping, before } of folders) {
    const since = tallySince(keeping.haste.tally, before)
    for (const key of Object.keys(sum) as (keyof Tally)[]) sum[key] += since[key]
  }
  return sum
}

function isAnyAtWork({ folder, lacks }: Left): boolean {
  return lacks.some(({ device }) => folder.keeping.holders.isKeeper(device))
}

function lackingIn(folders: readonly Kept[]): Promise<Left[]> {
  const lacksOf = async ({ keeping }: Kept): Promise<Lack[]> => (await keeping.lacking()).filter(({ records }) => records > 0)
  return Promise.all(folders.map(async (folder) => ({ folder, lacks: await lacksOf(folder) })))
}

function sumOf(left: readonly Left[]): number {
  return left.flatMap(({ lacks }) => lacks).reduce((sum, { records }) => sum + records, 0)
}
