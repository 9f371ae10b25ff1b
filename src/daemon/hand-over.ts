import { HoldfastError, shellWord, sleep } from '#base'
import type { Remark } from '#api/contract'
import { mayRead, type FolderId } from '#model'
import { count } from '#sync'
import type { BackendContext } from './backend-context.ts'
import { keepersOf } from './folder-layout.ts'
import type { Rebalancer } from './rebalancer.ts'
import { remark } from './remarks.ts'

/** How often it is looked what of that which is here for others they say may go, and how much rest there is between, in parts of the time it takes. */
const LOOK_MS = 1_000
const REST = 10
/** After which time without any of it being let go it is given up. */
const STALLED_MS = 120_000
/** Blocks that are looked through in one call. */
const PAGE = 4_096

/** What was not handed over, and what to do. */
type Left = Pick<Remark, 'message' | 'hint'> & { folder: string | null }

type HandOverContext = Pick<BackendContext, 'network' | 'layout' | 'blocks' | 'held' | 'registry' | 'clock' | 'announce'>

/**
 * Gives what this device holds to those that are to hold it without it, before it leaves the group. Resolves to what it alone has, which nobody takes;
 * rejects with `offline` where some of it cannot be given now, or when `signal` aborts: it goes on to hold all then.
 */
export async function handOver(context: HandOverContext, rebalancer: Rebalancer, signal: AbortSignal): Promise<Remark[]> {
  const { network, layout } = context
  const { group } = network
  await group.say({ kind: 'device.leaving', isLeaving: true })
  try {
    layout.hurry()
    const left: Left[] = [...(await rebalancer.handOver(signal)), ...(await heldUnasked(context))]
    if (left.length === 0) left.push(...(await untilReleased(context, signal)))
    if (left.length > 0) throw notAll(left)
    return alone(context)
  } catch (error) {
    await group.say({ kind: 'device.leaving', isLeaving: false })
    throw error
  }
}

/** Waits until members of the group have said of all that is here for others that it may go, as long as more of it is. */
async function untilReleased(context: HandOverContext, signal: AbortSignal): Promise<Left[]> {
  const { network, clock, announce } = context
  let [total, lowest, since] = [0, Infinity, clock.monotonic()]
  for (;;) {
    const started = clock.monotonic()
    const blocks = await unreleased(context)
    if (blocks === 0) return []
    total = Math.max(total, blocks)
    announce({ event: 'progress', data: { command: 'leave', done: total - blocks, total, unit: 'blocks' } })
    if (blocks < lowest) [lowest, since] = [blocks, started]
    const isAnyThere = network.devices().some(({ role, connected }) => role === 'member' && connected)
    if (!isAnyThere || started - since > STALLED_MS) {
      const why = isAnyThere ? 'are held by no other device yet' : 'are here for others, none of which is connected'
      const hint = 'connect the other devices, and those that are to hold them (holdfast devices shows them)'
      return [{ folder: null, message: `${count(blocks, 'block', 'blocks')} ${why}`, hint }]
    }
    await sleep(clock, Math.max(LOOK_MS, REST * (clock.monotonic() - started)), signal)
  }
}

/** How many blocks are here of folders that other devices take part in, or read, and this one does not, and may not go by the word of any. */
async function unreleased({ blocks, held, registry, network }: HandOverContext): Promise<number> {
  const { state, device: own } = network.group
  const read = new Set(registry.folders.map(({ stored }) => stored.id).filter((folder) => mayRead(state.role(folder, own))))
  let total = 0
  for (const folder of await blocks.folders()) {
    const use = held.use(state, folder, network.peers())
    const isOthers = use === 'read' || (use === 'taken' && state.takers(folder).some((device) => device !== own))
    if (isOthers && !read.has(folder)) total += await blocksOf(blocks, folder)
  }
  return total
}

/** How many blocks are here of a folder that may not go by anybody's word. */
async function blocksOf(blocks: HandOverContext['blocks'], folder: FolderId): Promise<number> {
  let total = 0
  for (let after: Uint8Array = new Uint8Array(0); ;) {
    const { ids, since } = await blocks.held(folder, after, PAGE)
    total += since.filter((each) => each === null).length
    if (since.length < PAGE) return total
    after = ids.slice(-32)
  }
}

/** Folders of which blocks are here for others, though this device reads them without a place on its disk: nobody tells it then what of them may go. */
async function heldUnasked({ blocks, registry, network: { group } }: HandOverContext): Promise<Left[]> {
  const left: Left[] = []
  for (const { stored, keeping } of registry.folders) {
    const isUnasked = keeping?.keeps === false && mayRead(group.state.role(stored.id, group.device))
    const held = isUnasked ? await blocksOf(blocks, stored.id) : 0
    if (held === 0) continue
    const message = `${count(held, 'block', 'blocks')} of it may be here alone, and others cannot say that they have them while this device takes part in it`
    left.push({ folder: stored.name, message, hint: `holdfast folder leave ${shellWord(stored.name)}` })
  }
  return left
}

/** Folders that no other device has, or is to hold. */
function alone({ network, registry }: HandOverContext): Remark[] {
  const { group } = network
  return registry.folders.flatMap(({ stored: { id, name }, keeping }): Remark[] => {
    const others = [...keepersOf(group.state, id), ...(keeping?.holders.layout?.devices ?? [])].filter(
      (device) => device !== group.device,
    )
    if (others.length > 0) return []
    return [remark(name, 'alone', {}, 'to share it anew, join a group again')]
  })
}

function notAll(left: readonly Left[]): HoldfastError {
  const what = left.map(({ folder, message }) => (folder === null ? message : `${folder}: ${message}`)).join('; ')
  const hints = [...new Set(left.map(({ hint }) => hint))].join('; ')
  return new HoldfastError('offline', `this device stays in the group, for not all that it holds is elsewhere: ${what}`, {
    reason: 'not-handed-over',
    values: { folders: [...new Set(left.flatMap(({ folder }) => folder ?? []))].join(', ') },
    hint: `${hints}; then repeat holdfast leave, which goes on where it was, or leave at once, and keep here what only this device has: holdfast leave --now`,
  })
}
