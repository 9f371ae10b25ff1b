import { fork, type ChildProcess } from 'node:child_process'
import { Worker, type WorkerOptions } from 'node:worker_threads'
import {
  isOneFile,
  ownFile,
  systemClock,
  type ChildName,
  type ChildPort,
  type Spawner,
  type WorkerName,
  type WorkerPort,
} from '#base'

/** Where each thread's and process's entry lies: in a checkout its source, in the shipped program a bundle beside main.js. */
const SOURCES: Record<WorkerName | ChildName, string> = {
  db: '../db/worker.ts',
  disk: '../folder/worker.ts',
  store: './store-worker.ts',
  watcher: '../folder/watcher-child.ts',
}
const BUNDLES: Record<WorkerName | ChildName, string> = {
  db: './db-worker.js',
  disk: './disk-worker.js',
  store: './store-worker.js',
  watcher: './watcher.js',
}
/** In the environment of a child of a program that is one executable: which one it is. */
const ROLE = 'HOLDFAST_ROLE'
/** Three semi-spaces of one MiB each: there are up to five threads, and young objects of a worker are few and large. */
const WORKER_LIMITS = { maxYoungGenerationSizeMb: 3 }
const CHILD_FLAGS = ['--max-semi-space-size=1', '--max-old-space-size=64', '--disable-warning=ExperimentalWarning']
/** How long a process that was asked to end has for it. */
const STOP_MS = 2_000

/** Threads by worker_threads and processes by fork. */
export function nodeSpawner(): Spawner {
  return {
    worker: (name, data) => workerPort(startThread(name, { workerData: data, resourceLimits: WORKER_LIMITS })),
    child: (name) =>
      childPort(
        fork(isOneFile ? process.execPath : entry(name), [], {
          execArgv: isOneFile ? [] : CHILD_FLAGS,
          // The one executable takes flags of Node from there alone.
          ...(isOneFile && { env: { ...process.env, [ROLE]: name, NODE_OPTIONS: CHILD_FLAGS.join(' ') } }),
          serialization: 'advanced',
          stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
        }),
      ),
  }
}

function startThread(name: WorkerName, options: WorkerOptions): Worker {
  const code = ownFile(BUNDLES[name].replace('./', ''))
  if (code === undefined) return new Worker(entry(name), options)
  return new Worker(Buffer.from(code).toString(), { ...options, eval: true })
}

function entry(name: WorkerName | ChildName): URL {
  return new URL(import.meta.url.endsWith('.ts') ? SOURCES[name] : BUNDLES[name], import.meta.url)
}

function workerPort(worker: Worker): WorkerPort {
  let failure: Error | undefined
  let stopping = false
  worker.on('error', (error) => (failure = error instanceof Error ? error : new Error(String(error))))
  return {
    post: (message, transfer) => worker.postMessage(message, transfer),
    onMessage: (listener) => void worker.on('message', listener),
    onExit: (listener) =>
      void worker.once('exit', (code) =>
        listener(stopping ? undefined : (failure ?? new Error(`the thread ended with code ${code}`))),
      ),
    async stop() {
      stopping = true
      await worker.terminate()
    },
  }
}

function childPort(child: ChildProcess): ChildPort {
  let failure: Error | undefined
  let stopping = false
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  child.on('error', (error) => (failure = error))
  return {
    post(message) {
      if (child.connected) child.send(message as object)
    },
    onMessage: (listener) => void child.on('message', listener),
    onExit: (listener) =>
      void child.once('exit', (code, signal) =>
        listener(stopping ? undefined : (failure ?? new Error(`the process ended with ${signal ?? `code ${code}`}`))),
      ),
    async stop() {
      stopping = true
      if (child.connected) child.disconnect()
      const timer = systemClock.after(STOP_MS, () => child.kill('SIGKILL'))
      await ended
      timer.cancel()
    },
  }
}
