import { z } from 'zod'
import type { DeviceStore } from '#db'
import { encodePolicy, forget, isEmptyPolicy, sweep, type FolderRetention, type Swept } from '#history'
import type { Sweepable } from '#store'
import type { OpenFolder } from './folder-opener.ts'
import { forgottenKey, sweptKey } from './left-folders.ts'

const LastRun = z.object({
  policy: z.string(),
  /** When it ended, ms; null: it has not. */
  ended: z.number().nullable(),
  /** The number of the path after which it goes on. */
  next: z.number(),
})
type LastRun = z.infer<typeof LastRun>

export interface FolderHousekeepingParts {
  blocks: Sweepable
  store: Pick<DeviceStore, 'setting' | 'putSetting'>
  /** Called between pieces of work, with how many blocks were looked at: it rests, and rejects to stop there. */
  step(blocks: number): Promise<void>
}

/** Has the folder's policy changed since its versions were gone through, or were they not to the end? */
export async function isToForget(
  notes: Pick<DeviceStore, 'setting'>,
  folder: OpenFolder,
  { policy }: FolderRetention,
): Promise<boolean> {
  if (!isForgettable(folder) || isEmptyPolicy(policy)) return false
  const last = await lastRun(notes, folder.stored.id)
  return last === null || last.policy !== nameOf(policy) || last.ended === null
}

/** Forgets what a folder's policy does not retain; how many versions. Goes on where a run by the same policy was interrupted. */
export async function forgetIn(
  { store, step }: FolderHousekeepingParts,
  folder: OpenFolder,
  retention: FolderRetention,
  now: number,
): Promise<number> {
  const { index, keeping, stored } = folder
  if (!isForgettable(folder) || isEmptyPolicy(retention.policy)) return 0
  const policy = nameOf(retention.policy)
  const last = await lastRun(store, stored.id)
  const isOpen = last?.ended === null && last.policy === policy
  const note = (run: LastRun): Promise<void> => store.putSetting(forgottenKey(stored.id), JSON.stringify(run))
  const count = await forget(
    {
      index: index!,
      retention,
      now,
      between: (work) => keeping!.between(work),
      async page(next) {
        await note({ policy, ended: next === null ? now : null, next: next ?? 0 })
        await step(0)
      },
    },
    isOpen ? last.next : 0,
  )
  // Less is to be kept now; or more, where something was taken back.
  keeping!.review()
  return count
}

function isForgettable({ index, keeping, sync }: OpenFolder): boolean {
  return index !== null && keeping?.isKept === true && sync?.comparison.done === true
}

/** Sweeps a folder's blocks, where nothing speaks against it. */
export async function sweepIn(
  { blocks, store, step }: FolderHousekeepingParts,
  folder: OpenFolder,
  options: { now: number; grace: number; isDry: boolean },
): Promise<Swept> {
  const nothing = { blocks: 0, bytes: 0, waitingBlocks: 0, waitingBytes: 0 }
  const { index, keeping, sync, stored, fault } = folder
  if (index === null || keeping === null || sync === null)
    return { ...nothing, obstacle: `it is not open: ${fault?.message ?? 'it is being opened'}` }
  if (!sync.comparison.done) return { ...nothing, obstacle: 'it has not been compared with another device yet' }
  const records = await index.records()
  const before = Number((await store.setting(sweptKey(stored.id))) ?? 0)
  // It was lost, or is out of a backup: what the versions need that it does not know must not go.
  if (records < before)
    return { ...nothing, obstacle: `its index knows fewer versions than it did (${records}, and ${before} once)` }
  if (!options.isDry && records > before) await store.putSetting(sweptKey(stored.id), String(records))
  const obstacle = (): string | null => {
    if (folder.index !== index) return 'it was closed meanwhile'
    return keeping.holds.any ? 'content is being put into it just now' : null
  }
  return sweep({ folder: stored.id, index, store: blocks, obstacle, step }, options)
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

function nameOf(policy: FolderRetention['policy']): string {
  return encodePolicy(policy).join()
}
