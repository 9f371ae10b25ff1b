import { useSyncExternalStore } from 'react'
import { ApiError } from '#api/client'
import type { ApiEvent } from '#api/contract'
import { api } from './api.ts'
import { hearEvent } from './api-event.ts'
import { listen, tryNow as openNow, type Message } from './channel.ts'
import { withOlder } from './activity-list.ts'
import { loadSnapshot } from './load.ts'
import { oneAtATime } from './one-at-a-time.ts'
import { patch, type Question, type Snapshot } from './state.ts'

/** `lost`: the daemon does not answer; what is shown is as it was. `denied`: this browser's session has ended. */
export type Connection = 'loading' | 'live' | 'lost' | 'denied'

export interface Live {
  connection: Connection
  snapshot: Snapshot | null
  /** Since when the daemon does not answer, and when it is asked again, ms; null while it does. */
  lost: { since: number; next: number } | null
}

const AGAIN_MS = 2000
const OLDER = 100

let live: Live = { connection: 'loading', snapshot: null, lost: null }
/** Events that came while everything was asked for anew: they may be newer than the answer. */
let held: ApiEvent[] | null = null
const watchers = new Set<() => void>()
/** The next time that everything is asked for again, where the stream is open and that failed. */
let again: ReturnType<typeof setTimeout> | null = null

let isDrawing = false

/** Events come in bursts: what they change is drawn once a frame, and not at all while nobody looks. */
function set(next: Partial<Live>): void {
  live = { ...live, ...next }
  if (isDrawing) return
  isDrawing = true
  requestAnimationFrame(() => {
    isDrawing = false
    for (const watcher of watchers) watcher()
  })
}

/** What the daemon says now; the component is drawn again whenever that changes. */
export function useLive(): Live {
  return useSyncExternalStore(
    (watcher) => {
      watchers.add(watcher)
      return () => watchers.delete(watcher)
    },
    () => live,
  )
}

export function startLive(): void {
  listen((message: Message) => {
    if (message.kind === 'opened') {
      hearEvent({ event: 'resync', data: {} })
      void reload()
    } else if (message.kind === 'event') {
      hearEvent(message.event)
      apply(message.event)
    } else void lost(message.next)
  })
}

/** Asks the daemon again at once, where it did not answer. */
export function tryNow(): void {
  if (again === null) return openNow()
  clearTimeout(again)
  again = null
  void reload()
}

async function lost(next: number): Promise<void> {
  if (live.connection === 'denied') return
  if (again !== null) clearTimeout(again)
  again = null
  set({ connection: 'lost', lost: { since: live.lost?.since ?? Date.now(), next } })
  const answer = await api.health().catch((error: unknown) => error)
  if (answer instanceof ApiError && answer.status === 401) set({ connection: 'denied' })
}

/** One at a time: two that overlap would share `held`, and the first to end would let go of what the other one still needs. */
const reload = oneAtATime(async () => {
  held = []
  try {
    set({ snapshot: await loadSnapshot(live.snapshot), connection: 'live', lost: null })
  } catch (error) {
    const denied = error instanceof ApiError && error.status === 401
    const next = Date.now() + AGAIN_MS
    set({ connection: denied ? 'denied' : 'lost', lost: { since: live.lost?.since ?? Date.now(), next } })
    if (!denied && again === null) {
      again = setTimeout(() => {
        again = null
        void reload()
      }, AGAIN_MS)
    }
  }
  const missed = held
  held = null
  for (const event of missed) apply(event)
})

function apply(event: ApiEvent): void {
  if (held !== null) {
    held.push(event)
    return
  }
  if (live.snapshot === null) return
  const next = patch(live.snapshot, event)
  if ('ask' in next) void askerOf(next)()
  else set({ snapshot: next })
}

/** By the question. */
const askers = new Map<string, () => Promise<void>>()

/** Asks one question at a time: the answers of two that overlap may come in either order. */
function askerOf(question: Question): () => Promise<void> {
  if (question.ask === 'everything') return reload
  const key = JSON.stringify(question)
  const asker = askers.get(key) ?? oneAtATime(() => answer(question))
  askers.set(key, asker)
  return asker
}

async function answer(question: Exclude<Question, { ask: 'everything' }>): Promise<void> {
  try {
    if (question.ask === 'conflicts') {
      const conflicts = await api.conflicts()
      if (live.snapshot !== null) set({ snapshot: { ...live.snapshot, conflicts } })
    } else {
      const problems = await api.problems({ folder: question.folder })
      if (live.snapshot !== null) {
        set({ snapshot: { ...live.snapshot, problems: { ...live.snapshot.problems, [question.folder]: problems } } })
      }
    }
  } catch {
    // The folder went away meanwhile, or the daemon: either has an event of its own.
  }
}

/** The end of a pairing was read. */
export function forgetPairingEnd(): void {
  if (live.snapshot !== null) set({ snapshot: { ...live.snapshot, pairingEnd: null } })
}

/** Asks for more of what happened before. Resolves to false when that was all. */
export async function loadOlderActivity(): Promise<boolean> {
  const oldest = live.snapshot?.activity.at(-1)
  if (oldest === undefined) return false
  const older = await api.activity({ before: oldest.number, limit: OLDER })
  if (live.snapshot !== null) set({ snapshot: { ...live.snapshot, activity: withOlder(live.snapshot.activity, older) } })
  return older.length === OLDER
}
