import { rmSync } from 'node:fs'
import { parentPort } from 'node:worker_threads'
import { collectGarbage, HoldfastError, toErrorShape } from '#base'
import { tableBuffers } from '#model'
import { openDeviceStore } from './device-database.ts'
import type { IndexSettings } from './folder-index.ts'
import { invoke } from './promised.ts'
import { isStatTable, OPENER, type Opener, type Reply, type Request } from './rpc.ts'
import { openFolderIndex } from './open-folder-index.ts'

/** The database thread: every database of the device lives here. Requests are answered one after another, in order. */
interface Target {
  rest(): void
  close(): void
}

const targets = new Map<number, { file: string; object: Target }>()
let opened = OPENER

const opener: Opener = {
  index: (settings: IndexSettings) => add(settings.file, openFolderIndex(settings)),
  device: (file: string) => add(file, openDeviceStore(file)),
  drop(file) {
    closeAll((open) => open === file)
    for (const end of ['', '-wal', '-shm']) rmSync(file + end, { force: true })
  },
  rest() {
    for (const { object } of targets.values()) object.rest()
    collectGarbage('last-resort')
  },
  close: () => closeAll(() => true),
}

function add(file: string, object: Target): number {
  targets.set(++opened, { file, object })
  return opened
}

function closeAll(which: (file: string) => boolean): void {
  for (const [target, { file, object }] of targets) {
    if (!which(file)) continue
    targets.delete(target)
    object.close()
  }
}

function answer({ id, target, method, args }: Request): Reply {
  try {
    const object = target === OPENER ? opener : targets.get(target)?.object
    if (object === undefined) throw new HoldfastError('internal', 'the database has been closed')
    if (method === 'close') targets.delete(target)
    return { id, value: invoke(object, method, args) }
  } catch (error) {
    return { id, error: toErrorShape(error) }
  }
}

parentPort?.on('message', (request: Request) => {
  const reply = answer(request)
  parentPort?.postMessage(reply, 'value' in reply && isStatTable(reply.value) ? tableBuffers(reply.value) : [])
})
