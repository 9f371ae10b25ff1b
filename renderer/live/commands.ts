import { useSyncExternalStore } from 'react'
import type { Progress } from '#api/contract'
import { failureOf, type Failure } from '../parts/action.tsx'
import { paced, secondsLeft, type Pace } from '../parts/remaining.ts'
import { useApiEvent } from './api-event.ts'

/** A command that takes long: it goes on, and its result waits, whichever screen is shown. */
export interface Command<Input, Result> {
  busy: boolean
  /** null before the daemon has said anything. */
  progress: Progress | null
  /** null while nobody can tell. */
  secondsLeft: number | null
  result: Result | null
  failure: Failure | null
  /** Resolves to whether it worked. One at a time. */
  run: (input: Input) => Promise<boolean>
}

interface State {
  busy: boolean
  progress: Progress | null
  pace: Pace | null
  /** When `progress` was told, of the clock that only goes forward, ms. */
  at: number
  result: unknown
  failure: Failure | null
}

const NONE: State = { busy: false, progress: null, pace: null, at: 0, result: null, failure: null }

const states = new Map<Progress['command'], State>()
const watchers = new Set<() => void>()

function set(name: Progress['command'], next: Partial<State>): void {
  states.set(name, { ...(states.get(name) ?? NONE), ...next })
  for (const watcher of watchers) watcher()
}

/** The one command of that name; each name goes with one `call`, and so with one result. */
export function useCommand<Input, Result>(
  name: Progress['command'],
  call: (input: Input) => Promise<Result>,
): Command<Input, Result> {
  const state = useSyncExternalStore(
    (watcher) => {
      watchers.add(watcher)
      return () => watchers.delete(watcher)
    },
    () => states.get(name) ?? NONE,
  )
  useApiEvent(({ event, data }) => {
    if (event === 'progress' && data.command === name) set(name, advanced(states.get(name) ?? NONE, data, performance.now()))
  })
  const run = async (input: Input): Promise<boolean> => {
    if (states.get(name)?.busy === true) return false
    set(name, { ...NONE, busy: true })
    try {
      set(name, { busy: false, result: await call(input) })
      return true
    } catch (error) {
      set(name, { busy: false, failure: failureOf(error) })
      return false
    }
  }
  const { busy, progress, pace, result, failure } = state
  const left = progress === null ? null : secondsLeft(pace, (progress.total - progress.done) * weight(progress))
  return { busy, progress, secondsLeft: left, result: result as Result | null, failure, run }
}

/** A pace is of bytes: with one for each block, a few blocks a second would count as standing still. */
function weight({ unit }: Progress): number {
  return unit === 'bytes' ? 1 : 1_000
}

/** What is known once more was told. */
function advanced(state: State, next: Progress, at: number): Partial<State> {
  const { progress: last } = state
  if (!state.busy) return {}
  if (last === null || next.done < last.done || next.folder !== last.folder) return { progress: next, pace: null, at }
  const seconds = (at - state.at) / 1_000
  if (seconds <= 0) return { progress: next }
  return { progress: next, pace: paced(state.pace, ((next.done - last.done) * weight(next)) / seconds, at), at }
}
