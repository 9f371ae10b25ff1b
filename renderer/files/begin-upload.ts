import type { ListItem } from '#api/contract'
import { tell } from '../live/toasts.ts'
import { failureOf } from '../parts/action.tsx'
import { chosenIn, readDrop, takenFrom, type Unread } from './dropped.ts'
import { t } from '../text/text.ts'
import { listAgain } from './list-again.ts'
import { pagesOf } from './listing.ts'
import { joined } from './rows.ts'
import { summaryOf } from './upload-words.ts'
import { Upload, type Failed } from './upload.ts'
import { forget, show, type Goal, type Task } from './uploads.ts'
import { collisionsOf, keyOf, planOf, type Answer, type Collision, type Dropped, type Sending } from './upload-plan.ts'

/** Numbers that change with each piece that is sent are shown this often. */
const SHOWN_MS = 200

type Of = Pick<Task, 'number' | 'goal'>
type Read = (
  signal: AbortSignal,
  tell: (found: number) => void,
) => Promise<{ items: readonly Dropped[]; unread: readonly Unread[] }>

let last = 0
/** Uploads run one after the other: all at once would each take longer. */
let before: Promise<unknown> = Promise.resolve()

/** To be called while the drop is told. */
export function uploadDropped(data: DataTransfer, goal: Goal): void {
  const taken = takenFrom(data)
  if (taken.length > 0) void begin(goal, (signal, found) => readDrop(taken, signal, found))
}

export function uploadChosen(files: FileList, goal: Goal): void {
  const items = chosenIn(files)
  if (items.length > 0) void begin(goal, async () => ({ items, unread: [] }))
}

/** Sends again what failed. */
export async function sendAgain(of: Of, upload: Upload): Promise<void> {
  await shown(of, upload, () => upload.run())
  over(of, upload)
}

/** Takes back what was sent, with its numbers shown; where that fails it stays to be seen, and to be tried again. */
export async function takeBack(of: Of, upload: Upload): Promise<void> {
  await shown(of, upload, () => upload.undo())
  forget(of.number)
  const { kept } = upload.state
  if (kept > 0) tell(t('files.upload.kept', { count: kept }))
}

async function begin(goal: Goal, read: Read): Promise<void> {
  const of = { number: ++last, goal }
  const ending = new AbortController()
  const cancel = (): void => ending.abort()
  const { signal } = ending
  show({ ...of, step: 'reading', found: 0, cancel })
  const plan = await planned(of, read, signal, cancel)
  if (plan === null) return forget(of.number)
  show({ ...of, step: 'waiting', cancel })
  const upload = new Upload({ ...goal, there: plan.there }, plan.sendings, plan.failed)
  const run = before.then(async () => {
    if (!signal.aborted) await shown(of, upload, () => upload.run())
  })
  before = run
  await run
  if (signal.aborted) return forget(of.number)
  over(of, upload)
}

interface Plan {
  there: ReadonlyMap<string, ListItem>
  sendings: readonly Sending[]
  failed: readonly Failed[]
}

/** What is to be sent, after whoever dropped it was asked; null: nothing. */
async function planned({ number, goal }: Of, read: Read, signal: AbortSignal, cancel: () => void): Promise<Plan | null> {
  const telling = seldom((found: number) => show({ number, goal, step: 'reading', found, cancel }))
  try {
    const { items, unread } = await read(signal, telling.say)
    const failed = unread.map(({ path, message }) => ({ path: joined(goal.into, path), message, hint: undefined }))
    const there = await whatIsThere(goal, items, signal)
    telling.stop()
    const collisions = collisionsOf(items, goal, there)
    const answers = collisions.length === 0 ? new Map<string, Answer>() : await asked({ number, goal }, collisions)
    if (answers === null) return null
    const sendings = planOf(items, goal, there, answers)
    return sendings.length + failed.length === 0 ? null : { there, sendings, failed }
  } catch (error) {
    telling.stop()
    if (signal.aborted) return null
    return { there: new Map(), sendings: [], failed: [{ path: goal.into, ...failureOf(error) }] }
  }
}

function asked(of: Of, collisions: readonly Collision[]): Promise<ReadonlyMap<string, Answer> | null> {
  return new Promise((resolve) => show({ ...of, step: 'asking', collisions, answer: resolve }))
}

/** By `keyOf` their paths: what is in the directory, and in those of it that are dropped anew. */
async function whatIsThere(
  { folder, into, foldsCase }: Goal,
  items: readonly Dropped[],
  signal: AbortSignal,
): Promise<Map<string, ListItem>> {
  const there = new Map<string, ListItem>()
  const take = async (path: string, recursive: boolean): Promise<void> => {
    for await (const page of pagesOf({ folder, path, at: undefined, deleted: false }, signal, { recursive, first: 5_000 }))
      for (const item of page) there.set(keyOf(item.path, foldsCase), item)
  }
  await take(into, false)
  const tops = new Set(items.flatMap(({ path, kind }) => (kind === 'directory' || path.includes('/') ? path.split('/')[0]! : [])))
  const directories = [...tops].flatMap((top) => there.get(keyOf(joined(into, top), foldsCase)) ?? [])
  for (const { path, kind } of new Set(directories)) if (kind === 'directory') await take(path, true)
  return there
}

/** Does something with an upload, while its numbers are shown. */
async function shown(of: Of, upload: Upload, act: () => Promise<void>): Promise<void> {
  const say = (): void => show({ ...of, step: 'uploading', upload, state: upload.state })
  const telling = seldom(say)
  upload.changed = () => telling.say(null)
  try {
    const doing = act()
    say()
    await doing
  } finally {
    telling.stop()
    say()
    listAgain()
  }
}

/** Where all has come there is one line, with Undo; else what did not stays to be seen. */
function over(of: Of, upload: Upload): void {
  const { state } = upload
  if (state.failed.length + state.left > 0) return
  forget(of.number)
  if (state.added + state.replaced + state.filesDone > 0)
    tell(summaryOf(state, of.goal), upload.canUndo ? () => takeBack(of, upload) : null)
}

/** Calls `say` with what came last, now and then. */
function seldom<T>(say: (value: T) => void): { say: (value: T) => void; stop: () => void } {
  let next: { value: T } | null = null
  let timer: ReturnType<typeof setTimeout> | undefined
  return {
    say(value) {
      next = { value }
      timer ??= setTimeout(() => {
        timer = undefined
        if (next !== null) say(next.value)
      }, SHOWN_MS)
    },
    stop() {
      clearTimeout(timer)
      timer = undefined
      next = null
    },
  }
}
