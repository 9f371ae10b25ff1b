/** The threads a daemon is made of; each name is an entry file of its own in the shipped program. */
export type WorkerName = 'db' | 'disk' | 'store'
export type ChildName = 'watcher'

/** The near end of a worker thread. Messages are structured clones; `transfer` hands buffers over without a copy. */
export interface WorkerPort {
  post(message: unknown, transfer?: ArrayBuffer[]): void
  onMessage(listener: (message: unknown) => void): void
  /** Called once, when the thread has ended or could not start; `error` is undefined after `stop`. */
  onExit(listener: (error: Error | undefined) => void): void
  stop(): Promise<void>
}

/** The near end of a child process with a message channel. */
export interface ChildPort {
  post(message: unknown): void
  onMessage(listener: (message: unknown) => void): void
  onExit(listener: (error: Error | undefined) => void): void
  stop(): Promise<void>
}

/** Starting threads and processes as a port: `worker_threads` and `fork` under Node, `utilityProcess` under Electron. */
export interface Spawner {
  worker(name: WorkerName, data?: unknown): WorkerPort
  child(name: ChildName): ChildPort
}
