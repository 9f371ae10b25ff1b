import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { fromErrorShape, HoldfastError, type Spawner, type WorkerPort } from '#base'
import type { FolderId } from '#model'
import type { DeviceStore } from './device-store.ts'
import type { FolderIndex } from './folder-index.ts'
import type { IndexSettings } from './opening.ts'
import { promised } from './promised.ts'
import { OPENER, type Reply, type Request } from './rpc.ts'

/** The device's databases, in a thread of their own. Calls of one object are run in the order in which they were made. */
export interface Databases {
  /** Opens a folder's index, creating it where there is none. */
  index(settings: Omit<IndexSettings, 'file' | 'ending'>): Promise<FolderIndex>
  /** Closes a folder's index, if it is open, and removes it. */
  drop(folder: FolderId): Promise<void>
  device(): Promise<DeviceStore>
  /** A call is under way. */
  readonly busy: boolean
  /** Gives back the memory that work has left behind; for when there is none. */
  rest(): Promise<void>
  /** Closes all databases and ends the thread. */
  close(): Promise<void>
}

/** Starts the database thread; the databases are files in `dir`, which is made where it is missing. */
export function openDatabases({ spawner }: { spawner: Spawner }, { dir }: { dir: string }): Databases {
  mkdirSync(dir, { recursive: true, mode: 0o700 })
  const connection = new Connection(spawner.worker('db'))
  const file = (folder: FolderId): string => join(dir, `${folder}.db`)
  const open = async <T extends object>(method: string, argument: unknown): Promise<T> => {
    const target = (await connection.call(OPENER, method, [argument])) as number
    return promised<T>((name, args) => connection.call(target, name, args))
  }
  return {
    index: (settings) => open('index', { ...settings, file: file(settings.folder) }),
    drop: async (folder) => void (await connection.call(OPENER, 'drop', [folder, file(folder)])),
    device: () => open('device', join(dir, 'device.db')),
    get busy() {
      return connection.busy
    },
    rest: async () => void (await connection.call(OPENER, 'rest', [])),
    async close() {
      await connection.call(OPENER, 'close', [])
      await connection.stop()
    },
  }
}

interface Call {
  resolve(value: unknown): void
  reject(error: Error): void
}

/** The calls under way to the thread; all of them fail when it ends. */
class Connection {
  readonly #port: WorkerPort
  readonly #calls = new Map<number, Call>()
  #last = 0
  #ended: HoldfastError | null = null

  constructor(port: WorkerPort) {
    this.#port = port
    port.onMessage((message) => this.#onReply(message as Reply))
    port.onExit((cause) =>
      this.#end(
        new HoldfastError('internal', 'the database thread has ended', {
          reason: 'database-ended',
          hint: 'restart Holdfast',
          cause,
        }),
      ),
    )
  }

  get busy(): boolean {
    return this.#calls.size > 0
  }

  call(target: number, method: string, args: unknown[]): Promise<unknown> {
    if (this.#ended !== null) return Promise.reject(this.#ended)
    return new Promise((resolve, reject) => {
      const request: Request = { id: ++this.#last, target, method, args }
      this.#calls.set(request.id, { resolve, reject })
      this.#port.post(request)
    })
  }

  async stop(): Promise<void> {
    this.#end(new HoldfastError('offline', 'the databases have been closed', { reason: 'stopping' }))
    await this.#port.stop()
  }

  #onReply(reply: Reply): void {
    const call = this.#calls.get(reply.id)
    this.#calls.delete(reply.id)
    if ('error' in reply) call?.reject(fromErrorShape(reply.error))
    else call?.resolve(reply.value)
  }

  #end(error: HoldfastError): void {
    this.#ended ??= error
    for (const { reject } of this.#calls.values()) reject(this.#ended)
    this.#calls.clear()
  }
}
