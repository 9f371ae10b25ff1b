import { HoldfastError, shellWord, sleep } from '#base'
import type { DeviceId } from '#model'
import type { BackendContext } from './backend-context.ts'
import { takersOf } from './folder-layout.ts'
import { isShelf } from './shelves.ts'

type Context = Pick<BackendContext, 'network' | 'registry' | 'membership' | 'clock'>

/** So long it is waited for what is learned, ms, and looked so often. */
const LEARNED_MS = 10_000
const LOOK_MS = 200

/**
 * Whoever takes a device out of the group says up to which record what it wrote counts: what is not known here by then counts for nobody, and its blocks
 * go. Throws `blocked` where this
 * device still learns, after some seconds, what there is in one of its folders, and there is a device that could tell. Rejects when `signal` aborts.
 */
export async function needLearned(context: Context, device: DeviceId, signal: AbortSignal): Promise<void> {
  const { clock, membership } = context
  for (let waited = 0; learning(context, device) !== null && waited < LEARNED_MS; waited += LOOK_MS) {
    await sleep(clock, LOOK_MS, signal)
    signal.throwIfAborted()
  }
  const folder = learning(context, device)
  if (folder === null) return
  const name = membership.called()(device)
  throw new HoldfastError(
    'blocked',
    `this device does not know yet what there is in ${folder}: what ${name} wrote there, and is not known here, would be lost with it`,
    {
      reason: 'still-learning',
      values: { folder, device: name },
      hint: `repeat it in some seconds, with a device connected that has the folder or holds its blocks; where all of these are gone: holdfast devices remove ${shellWord(name)} --now`,
    },
  )
}

/** The name of a folder that this device still learns about, where another one than `device` could tell. */
function learning({ network, registry }: Context, device: DeviceId): string | null {
  const { state, device: own } = network.group
  for (const { stored, sync, fault } of registry.folders) {
    const isOpening = sync === null && fault === null
    if (!isOpening && sync?.comparison.done !== false) continue
    const could = [
      ...takersOf(state, stored.id),
      ...state.devices.flatMap((each) => (isShelf(state, each.device) ? each.device : [])),
    ]
    if (could.some((each) => each !== device && each !== own)) return stored.name
  }
  return null
}
