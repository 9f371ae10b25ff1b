import { useSyncExternalStore } from 'react'
import type { Upload, UploadState } from './upload.ts'
import type { Answer, Collision } from './upload-plan.ts'

/** Where something is put. */
export interface Goal {
  folder: string
  folderName: string
  /** Its disk takes `A` for `a`. */
  foldsCase: boolean
  /** The directory; '' is the folder's root. */
  into: string
}

/** One drop, from reading it to its summary. */
export type Task = { number: number; goal: Goal } & (
  | { step: 'reading'; found: number; cancel: () => void }
  | { step: 'asking'; collisions: readonly Collision[]; answer: (answers: ReadonlyMap<string, Answer> | null) => void }
  | { step: 'waiting'; cancel: () => void }
  | { step: 'uploading'; upload: Upload; state: UploadState }
)

let tasks: readonly Task[] = []
const listeners = new Set<() => void>()

/** Files on their way into folders; they go on whatever screen is shown. */
export function useUploads(): readonly Task[] {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    () => tasks,
  )
}

/** In the place of the task with its number, or as the last one. */
export function show(task: Task): void {
  const at = tasks.findIndex(({ number }) => number === task.number)
  set(at < 0 ? [...tasks, task] : tasks.with(at, task))
}

export function forget(number: number): void {
  set(tasks.filter((task) => task.number !== number))
}

function set(next: readonly Task[]): void {
  const isBusy = (all: readonly Task[]): boolean => all.some((task) => task.step !== 'uploading' || task.state.step !== 'over')
  if (isBusy(next) !== isBusy(tasks)) {
    if (isBusy(next)) window.addEventListener('beforeunload', askBefore)
    else window.removeEventListener('beforeunload', askBefore)
  }
  tasks = next
  for (const listener of listeners) listener()
}

/** Whoever closes the page cuts off what is on its way. */
function askBefore(event: BeforeUnloadEvent): void {
  event.preventDefault()
}
