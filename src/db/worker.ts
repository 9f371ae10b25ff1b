import { rmSync } from 'node:fs'
import { dirname } from 'node:path'
import { parentPort } from 'node:worker_threads'
import { collectGarbage, HoldfastError, systemClock, toErrorShape } from '#base'
import { tableBuffers } from '#model'
import { closeCleanly, forgetEnding, takeEnding } from './clean-close.ts'
import { openDeviceStore, SqliteDeviceStore } from './device-database.ts'
import type { IndexSettings } from './opening.ts'
import { invoke } from './promised.ts'
import { isStatTable, OPENER, type Opener, type Reply, type Request } from './rpc.ts'
import { openFolderIndex } from './open-folder-index.ts'

interface Target {
  file: string
  object: { rest(): void }
  close(): void
}

/** The database thread: every database of the device lives here. Requests are answered one after another, in order. */
const targets = new Map<number, Target>()
let opened = OPENER

const opener: Opener = {
  index: ({ folder, file, now, ...settings }: IndexSettings) => {
    const store = storeBeside(file)
    const ending = store === undefined ? undefined : takeEnding(store, folder, file, now)
    const index = openFolderIndex({ ...settings, folder, file, now, ending })
    return add(file, index, () => {
      const noting = storeBeside(file)
      if (noting === undefined) index.close()
      else closeCleanly(index, noting, folder, file, systemClock.now())
    })
  },
  device(file) {
    const store = openDeviceStore(file)
    return add(file, store, () => store.close())
  },
  drop(folder, file) {
    closeAll((open) => open.file === file)
    const store = storeBeside(file)
    if (store !== undefined) forgetEnding(store, folder)
    for (const end of ['', '-wal', '-shm']) rmSync(file + end, { force: true })
  },
  rest() {
    for (const { object } of targets.values()) object.rest()
    collectGarbage('last-resort')
  },
  close() {
    // What the indexes have to note goes into the device's database.
    closeAll(({ object }) => !(object instanceof SqliteDeviceStore))
    closeAll(() => true)
  },
}

function add(file: string, object: Target['object'], close: () => void): number {
  targets.set(++opened, { file, object, close })
  return opened
}

function storeBeside(file: string): SqliteDeviceStore | undefined {
  for (const { object, file: other } of targets.values())
    if (object instanceof SqliteDeviceStore && dirname(other) === dirname(file)) return object
  return undefined
}

function closeAll(which: (target: Target) => boolean): void {
  for (const [number, target] of targets) if (which(target)) close(number, target)
}

function close(number: number, target: Target): void {
  targets.delete(number)
  target.close()
}

function answer({ id, target, method, args }: Request): Reply {
  try {
    if (target === OPENER) return { id, value: invoke(opener, method, args) }
    const known = targets.get(target)
    if (known === undefined) throw new HoldfastError('internal', 'the database has been closed')
    return { id, value: method === 'close' ? close(target, known) : invoke(known.object, method, args) }
  } catch (error) {
    return { id, error: toErrorShape(error) }
  }
}

parentPort?.on('message', (request: Request) => {
  const reply = answer(request)
  parentPort?.postMessage(reply, 'value' in reply && isStatTable(reply.value) ? tableBuffers(reply.value) : [])
})
