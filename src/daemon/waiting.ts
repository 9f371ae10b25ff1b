import { HoldfastError, orAborted, shellWord } from '#base'
import type { Remark } from '#api/contract'
import { mayRead } from '#model'
import { wayOut, type Hindered, type Standing } from '#sync'
import type { BackendContext } from './backend-context.ts'
import { opened } from './backend-folders.ts'
import type { OpenFolder } from './folder-opener.ts'
import { everWithFolder, obstacles, othersWithFolder, type Obstacle } from './obstacles.ts'
import { sumOf, unprotectedOn } from './unprotected.ts'

/** How long between two looks when nothing is announced. */
const LOOK_MS = 250
/** The same for what is protected, which takes longer to tell. */
const PROTECTED_LOOK_MS = 1_000
/** Obstacles named in one sentence. */
const NAMED = 5

/** Scans, then resolves when a folder is synced (see `obstacles`); rejects where it will not be before the user does something. */
export async function untilSynced(context: BackendContext, folder: OpenFolder, signal: AbortSignal): Promise<void> {
  const sync = opened(folder)
  await sync.actions.retry()
  await orAborted(sync.scan(signal), signal)
  for (;;) {
    await refuseRemoved(context, folder)
    await refuseWithoutRole(context, folder)
    const { state, reason, reasonCode } = sync.standing
    if (state === 'blocked' || state === 'held' || state === 'paused')
      throw waitsForUser({ state, reason, reasonCode }, folder.stored.name)
    if ((await obstacles(context, folder)).length === 0) return
    await sync.whenChanged(LOOK_MS, signal)
  }
}

/**
 * Resolves when all that hold a folder have all versions as they should, which waits for no quiet moment then; at once where it keeps none.
 * `told` hears of each look: how many copies are lacking.
 */
export async function untilProtected(
  folder: OpenFolder,
  signal: AbortSignal,
  told: (lacking: number) => void = () => undefined,
): Promise<void> {
  const sync = opened(folder)
  const end = folder.keeping?.haste.begin()
  try {
    while (folder.keeping?.isKept === true) {
      const lacking = await folder.keeping.lacking()
      told(sumOf(lacking))
      if (lacking.length === 0) return
      await sync.whenChanged(folder.keeping.samples.isLooking ? LOOK_MS : PROTECTED_LOOK_MS, signal)
    }
  } finally {
    end?.()
  }
}

/** The same of several folders. One that waits for the user keeps none of the others from being waited for, and is told of then. */
export async function untilAllSynced(
  context: BackendContext,
  folders: readonly OpenFolder[],
  signal: AbortSignal,
): Promise<void> {
  const ends = await Promise.allSettled(folders.map((folder) => untilSynced(context, folder, signal)))
  signal.throwIfAborted()
  const failures = ends.flatMap((end) => (end.status === 'rejected' ? [end.reason as unknown] : []))
  if (failures.length > 0) throw inOne(failures)
}

/** What went wrong with one folder or several, as one failure. */
export function inOne(failures: readonly unknown[]): unknown {
  const told = failures.filter((failure) => failure instanceof HoldfastError)
  const [first] = told
  if (first === undefined || failures.length > told.length) return failures.find((failure) => !(failure instanceof HoldfastError))
  if (told.length === 1) return first
  const hint = [...new Set(told.flatMap((failure) => failure.hint ?? []))].join('; ')
  return new HoldfastError(first.code, told.map(({ message }) => message.replace(/\.$/, '')).join('; '), {
    ...first.told,
    hint,
    cause: first,
  })
}

/** What only the user can end, with the command that does. */
export function waitsForUser(
  { state, reason, reasonCode }: Standing & { state: 'blocked' | 'held' | 'paused' },
  name: string,
): HoldfastError {
  const word = shellWord(name)
  const hint = {
    blocked: wayOut(reasonCode, name),
    held: `holdfast folder approve ${word} lets the deletions go out, holdfast folder reject ${word} brings the files back`,
    paused: `holdfast folder resume ${word} ends the pause`,
  }[state]
  return new HoldfastError(state === 'held' ? 'held' : 'blocked', `${name}: ${reason}`, { hint, reason: reasonCode })
}

/** Nobody else is there to wait for, but not because nobody else had the folder. */
async function refuseRemoved({ network, membership }: BackendContext, folder: OpenFolder): Promise<void> {
  const { removal } = membership
  if (removal === null || (await everWithFolder(folder)).every((device) => device === network.group.device)) return
  throw new HoldfastError('denied', `${folder.stored.name} is synced with nobody: ${removal}`, {
    hint: 'to be in it again: holdfast invite on one of its devices, then here holdfast join CODE; to go on alone: holdfast leave',
  })
}

/** A device whose role keeps from it what the others have would wait for ever, or say that it has all. */
async function refuseWithoutRole(context: BackendContext, folder: OpenFolder): Promise<void> {
  const { network, membership } = context
  const { group } = network
  const { id, name } = folder.stored
  if (mayRead(group.state.role(id, group.device)) || (await othersWithFolder(context, folder)).length === 0) return
  throw new HoldfastError('denied', `${name} is not synced here: this device has the role none in it`, {
    hint: `on a device with the role sync: holdfast folder share ${shellWord(name)} ${membership.reference(group.device)} --role sync`,
  })
}

/** What a folder that is synced leaves different all the same, and for good unless somebody does something. */
export function noteOn({ network, membership }: BackendContext, folder: OpenFolder): Remark | null {
  const { standing, hindered } = opened(folder)
  return waitNote(standing, folder.stored.name, membership.reference(network.group.device), hindered)
}

/** `name` is the folder's, `device` this one as a command takes it. */
export function waitNote(
  { reasonCode, reason, values }: Standing,
  name: string,
  device: string,
  hindered: readonly Hindered[],
): Remark | null {
  const word = shellWord(name)
  const hints: Record<string, string> = {
    problems: `holdfast folder problems ${word} lists them, with what to do`,
    'local-edits': `holdfast folder problems ${word} lists them, holdfast folder revert ${word} gives them up`,
    'send-only': `to take them in, on a device with the role sync: holdfast folder share ${word} ${device} --role sync`,
    'waits-elsewhere': '',
  }
  const here = hints[reasonCode]
  if (here === undefined) return null
  // What is to be done here hides nothing that waits on another device.
  const there = hindered.slice(0, 1).map((other) => `on ${other.name} holdfast folder problems ${word} tells more`)
  const hint = [here, ...there].filter((text) => text !== '').join('; ')
  return { folder: name, reasonCode, message: reason, hint, ...(values === undefined ? {} : { values: { ...values } }) }
}

/** What to say when the time is over. */
export async function lateError(
  context: BackendContext,
  folders: readonly OpenFolder[],
  timeoutSeconds: number,
  goal: 'synced' | 'protected' = 'synced',
): Promise<HoldfastError> {
  const found = await inTheWay(context, folders, goal)
  return tooLate(
    found.map(({ folder, message, hint }) => ({ what: `${folder}: ${message}`, look: hint })),
    timeoutSeconds,
    goal,
  )
}

/** What keeps folders from being synced, or protected, now. */
export async function inTheWay(
  context: BackendContext,
  folders: readonly OpenFolder[],
  goal: 'synced' | 'protected',
): Promise<Remark[]> {
  const found: Remark[] = []
  for (const folder of folders) {
    if (folder.sync === null) continue
    const all = [...(await obstacles(context, folder)), ...(goal === 'protected' ? await unprotectedOn(context, folder) : [])]
    const { stored, sync } = folder
    found.push(
      ...all.map(({ what, look }) => ({
        folder: stored.name,
        reasonCode: sync.standing.reasonCode,
        message: what,
        hint: look,
      })),
    )
  }
  return found
}

export function tooLate(
  found: readonly Obstacle[],
  timeoutSeconds: number,
  goal: 'synced' | 'protected' = 'synced',
): HoldfastError {
  const named = found.slice(0, NAMED)
  const more = found.length > NAMED ? ` And ${found.length - NAMED} more.` : ''
  const why = named.length === 0 ? '' : `. ${named.map(({ what }) => what).join(' ')}${more}`
  const hint = [...new Set(named.map(({ look }) => look))].join('; ') || 'holdfast status tells how it stands'
  return new HoldfastError('timeout', `not ${goal} after ${timeoutSeconds} s${why}`, { hint })
}
