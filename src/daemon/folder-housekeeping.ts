import { createHash } from 'node:crypto'
import { z } from 'zod'
import type { DeviceStore, FolderIndex } from '#db'
import { encodePolicy, forget, isEmptyPolicy, sweep, type FolderRetention, type Swept } from '#history'
import { packIds, unpackIds, type DeviceId, type FolderId } from '#model'
import type { Sweepable } from '#store'
import type { DropJudge, Judged, JudgeOptions } from './drop-judge.ts'
import type { FolderKeeping } from './folder-keeping.ts'
import type { OpenFolder } from './folder-opener.ts'
import type { Housekept } from './housekept.ts'
import { forgottenKey, sweptKey } from './left-folders.ts'

const LastRun = z.object({
  /** By what it was done. */
  policy: z.string(),
  pins: z.string().default(''),
  snapshots: z.string().default(''),
  /** When it ended, ms; null: it has not. */
  ended: z.number().nullable(),
  /** The number of the path after which it goes on. */
  next: z.number(),
})
type LastRun = z.infer<typeof LastRun>

/** What is to be known of a folder to forget its versions and sweep its blocks. */
export type HousekeptFolder = Pick<OpenFolder, 'stored' | 'index' | 'disk' | 'sync' | 'keeping' | 'fault'>
type Names = Pick<LastRun, 'policy' | 'pins' | 'snapshots'>

const known = new WeakMap<FolderRetention, Names>()

export interface FolderHousekeepingParts {
  /** This one. */
  device: DeviceId
  blocks: Sweepable
  store: Pick<DeviceStore, 'setting' | 'putSetting'>
  /** Called between pieces of work, with how many blocks were looked at: it rests, and rejects to stop there. */
  step(blocks: number): Promise<void>
}

/** Have the folder's policy or pins changed since its versions were gone through, or were they not to the end? */
export async function isToForget(
  notes: Pick<DeviceStore, 'setting'>,
  folder: HousekeptFolder,
  retention: FolderRetention,
): Promise<boolean> {
  if (!isForgettable(folder)) return false
  const last = await lastRun(notes, folder.stored.id)
  if (last === null) return !isEmptyPolicy(retention.policy)
  const { policy, pins } = namesOf(retention)
  return last.policy !== policy || last.pins !== pins || last.ended === null
}

/**
 * Forgets what a folder's policy does not retain, and takes back what was pinned or is in a snapshot since, also where there is no policy
 * any more; how many versions it forgot (`isDry`: would forget). Goes on where a run by the same words was interrupted.
 */
export async function forgetIn(
  { store, step }: FolderHousekeepingParts,
  folder: HousekeptFolder,
  retention: FolderRetention,
  { now, isDry }: { now: number; isDry: boolean },
): Promise<number> {
  const { index, keeping, stored } = folder
  if (!isForgettable(folder)) return 0
  const names = namesOf(retention)
  const last = await lastRun(store, stored.id)
  // Nothing was ever forgotten.
  if (isEmptyPolicy(retention.policy) && last === null) return 0
  const isOpen = last?.ended === null && isBy(last, names)
  const note = (run: LastRun): Promise<void> => store.putSetting(forgottenKey(stored.id), JSON.stringify(run))
  const count = await forget(
    {
      index: index!,
      retention,
      now,
      isDry,
      // Those that hold blocks for this device were not asked for it while it was forgotten.
      between: (work) => keeping!.between(work).finally(() => keeping!.replicas.askAnew()),
      async page(next) {
        if (!isDry) await note({ ...names, ended: next === null ? now : null, next: next ?? 0 })
        await step(0)
      },
    },
    isOpen ? last.next : 0,
  )
  // Less is to be kept now; or more, where something was taken back.
  if (!isDry) keeping!.review()
  return count
}

export interface GivingUpParts {
  /** What people call a folder. */
  called(folder: FolderId): string
  /** `unit`: blocks where left out. */
  progress(of: { done: number; total: number; unit?: 'versions' }): void
}

/** Looks for what is lost of a folder, gives up for good what of it was found nowhere by that, and notes in `total` how many versions that is, and what could not be told. */
export async function forgetLostIn(
  { called, progress }: GivingUpParts,
  { stored: { id }, index, keeping }: HousekeptFolder,
  { isDry, signal }: { isDry: boolean; signal: AbortSignal },
  total: Pick<Housekept, 'lost' | 'forgotten' | 'undecided'>,
): Promise<void> {
  if (index === null || keeping?.isKept !== true) return
  const { nowhere, undecided } = await keeping.losses.look((of) => progress({ ...of, unit: 'versions' }), signal)
  const count = isDry ? nowhere.length : await keeping.losses.giveUp(nowhere)
  total.lost += count
  total.forgotten += count
  if (undecided.versions > 0 || !undecided.isWhole) total.undecided.push({ ...undecided, folder: called(id) })
}

function isForgettable({ index, keeping, sync }: HousekeptFolder): boolean {
  return index !== null && keeping?.isKept === true && sync?.comparison.done === true
}

/** By what a folder's chunks can be judged, and why they cannot, or not any longer. */
interface Judgeable {
  index: FolderIndex
  keeping: FolderKeeping
  obstacle(): string | null
}

/**
 * Sweeps a folder's blocks, where nothing speaks against it: what no version needs, and what others are to hold now and have. What is to be kept
 * has to be what its versions were gone through by, to the end: what has been pinned since may be forgotten still.
 */
export async function sweepIn(
  parts: FolderHousekeepingParts,
  folder: HousekeptFolder,
  options: { now: number; grace: number; isDry: boolean },
  retention: () => FolderRetention,
): Promise<Swept> {
  const { blocks, step } = parts
  const judgeable = await judgeableIn(parts, folder, options, retention)
  if (typeof judgeable === 'string') return { blocks: 0, bytes: 0, waitingBlocks: 0, waitingBytes: 0, obstacle: judgeable }
  const { index, keeping, obstacle } = judgeable
  const unneeded = async (ids: Uint8Array): Promise<Uint8Array | null> => {
    const gone = await index.unneeded(ids)
    if (gone === null) return null
    // What there is of lost versions is brought to nobody.
    const lost = new Set(unpackIds(await index.onlyLost(ids)))
    const moved = unpackIds(await movedAway(keeping, parts.device, ids)).filter((id) => !lost.has(id))
    return inOrder(ids, gone, packIds(moved))
  }
  const judge = { unneeded, gatherRetained: () => index.gatherRetained(), endGathering: () => index.endGathering() }
  return sweep({ folder: folder.stored.id, index: judge, store: blocks, obstacle, step }, options)
}

/** Tells devices that hold blocks of it what of them may go; nothing where this one cannot judge that. */
export async function judgeIn(
  parts: FolderHousekeepingParts,
  folder: HousekeptFolder,
  judge: Pick<DropJudge, 'judge'>,
  options: Pick<JudgeOptions, 'isDry' | 'isPendingOnly' | 'of' | 'signal'>,
  retention: () => FolderRetention,
): Promise<Judged[]> {
  const judgeable = await judgeableIn(parts, folder, options, retention)
  if (typeof judgeable === 'string') return []
  return judge.judge({ id: folder.stored.id, ...judgeable }, { ...options, obstacle: judgeable.obstacle, step: parts.step })
}

async function judgeableIn(
  { store }: FolderHousekeepingParts,
  folder: HousekeptFolder,
  { isDry }: { isDry: boolean },
  retention: () => FolderRetention,
): Promise<Judgeable | string> {
  const { index, keeping, sync, stored, fault } = folder
  if (index === null || keeping === null || sync === null) return `it is not open: ${fault?.message ?? 'it is being opened'}`
  if (!sync.comparison.done) return 'it has not been compared with another device yet'
  const records = await index.records()
  const before = Number((await store.setting(sweptKey(stored.id))) ?? 0)
  // It was lost, or is out of a backup: what the versions need that it does not know must not go.
  if (records < before) return `its index knows fewer versions than it did (${records}, and ${before} once)`
  if (!isDry && records > before) await store.putSetting(sweptKey(stored.id), String(records))
  const last = isDry ? null : await lastRun(store, stored.id)
  const obstacle = (): string | null => {
    if (folder.index !== index) return 'it was closed meanwhile'
    if (last !== null && !isBy(last, namesOf(retention()))) return 'what it is to keep was changed meanwhile'
    return keeping.holds.any ? 'content is being put into it just now' : null
  }
  return { index, keeping, obstacle }
}

/** Those of packed ids that others are to hold, none of whom lacks anything: nor does this device answer then for what it wrote. */
async function movedAway(
  keeping: Pick<FolderKeeping, 'holders' | 'lacking'>,
  own: DeviceId,
  ids: Uint8Array,
): Promise<Uint8Array> {
  const lacking = new Set((await keeping.lacking()).map(({ device }) => device))
  return keeping.holders.movedFrom(own, ids, (holder) => !lacking.has(holder))
}

/** Those of packed ids that are among one or the other, in their order. */
function inOrder(ids: Uint8Array, ...some: readonly Uint8Array[]): Uint8Array {
  const names = new Set(some.flatMap(unpackIds))
  return packIds(unpackIds(ids).filter((id) => names.has(id)))
}

async function lastRun(notes: Pick<DeviceStore, 'setting'>, folder: OpenFolder['stored']['id']): Promise<LastRun | null> {
  const text = await notes.setting(forgottenKey(folder))
  if (text === null) return null
  try {
    return LastRun.parse(JSON.parse(text))
  } catch {
    return null
  }
}

/** What tells from others what a folder is to keep. */
function namesOf(retention: FolderRetention): Names {
  const { policy, pins, snapshots } = retention
  const names = known.get(retention) ?? {
    policy: encodePolicy(policy).join(),
    pins: digestOf([...pins].toSorted()),
    snapshots: digestOf([...snapshots].map(([name, moment]) => [name, [...moment].map(([author, last]) => [author, [...last]])])),
  }
  known.set(retention, names)
  return names
}

function isBy(run: Names, { policy, pins, snapshots }: Names): boolean {
  return run.policy === policy && run.pins === pins && run.snapshots === snapshots
}

function digestOf(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex')
}
