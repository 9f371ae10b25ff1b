import { fromErrorShape, HoldfastError, toErrorShape } from '#base'
import type { Clock, ErrorShape, Timer, WorkerPort } from '#base'

export interface WorkerPoolComponents {
  /** Starts a thread in which `answerJobs` listens. */
  start: () => WorkerPort
  clock: Clock
  /** Told when the last thread has been stopped because there was nothing to do, and how many jobs had been done since the last time. */
  rested?: (jobs: number) => void
}

export interface WorkerPoolOptions {
  /** Threads at most. */
  size: number
  /** A thread without a job for so many milliseconds is stopped; the next job starts another. */
  idleMs: number
}

/** What a thread answers to a job, which it gets bare. One job at a time, so nothing needs a number. */
type Answer = { result: unknown } | { error: ErrorShape }

interface Job {
  value: unknown
  transfer: ArrayBuffer[]
  resolve(result: unknown): void
  reject(error: Error): void
}

interface Seat {
  port: WorkerPort
  job: Job | undefined
  idle: Timer | undefined
}

/**
 * Runs jobs on a few threads, in the order in which they came, one at a time on each. Threads start on demand. A job ends
 * with its result, with the HoldfastError of its handler (code and hint kept), or with `internal` when its thread died;
 * a dead thread's place is free for a new one.
 */
export class WorkerPool {
  readonly #components: WorkerPoolComponents
  readonly #options: WorkerPoolOptions
  readonly #seats = new Set<Seat>()
  /** Used like a stack, so that threads not needed stay idle long enough to be stopped. */
  readonly #free: Seat[] = []
  readonly #queue: Job[] = []
  #jobs = 0
  #closed = false

  constructor(components: WorkerPoolComponents, options: WorkerPoolOptions) {
    this.#components = components
    this.#options = options
  }

  /** Threads that run now. */
  get threads(): number {
    return this.#seats.size
  }

  /** `job` and the result are structured clones; `transfer` hands buffers inside `job` over without a copy. */
  run(job: unknown, transfer: ArrayBuffer[] = []): Promise<unknown> {
    return new Promise((resolve, reject) => {
      if (this.#closed) {
        reject(closed())
        return
      }
      this.#queue.push({ value: job, transfer, resolve, reject })
      this.#next()
    })
  }

  /** Rejects every job that has not ended, and resolves when the threads have stopped. May be called more than once. */
  async close(): Promise<void> {
    this.#closed = true
    const seats = [...this.#seats]
    for (const job of this.#queue.splice(0)) job.reject(closed())
    for (const seat of seats) this.#end(seat, closed())
    await Promise.all(seats.map((seat) => seat.port.stop()))
  }

  #next(): void {
    while (this.#queue.length > 0) {
      const seat = this.#free.pop() ?? this.#start()
      if (seat === undefined) return
      const job = this.#queue.shift()!
      seat.idle?.cancel()
      seat.job = job
      try {
        seat.port.post(job.value, job.transfer)
      } catch (error) {
        // What cannot be cloned was never sent: the thread is as good as before.
        this.#finish(seat).reject(new HoldfastError('internal', 'A job for a worker thread cannot be sent', { cause: error }))
      }
    }
  }

  /** Undefined when all places are taken; a thread that cannot be started costs the first job in the queue. */
  #start(): Seat | undefined {
    while (this.#seats.size < this.#options.size && this.#queue.length > 0) {
      let port: WorkerPort
      try {
        port = this.#components.start()
      } catch (error) {
        this.#queue.shift()!.reject(new HoldfastError('internal', 'A worker thread cannot be started', { cause: error }))
        continue
      }
      const seat: Seat = { port, job: undefined, idle: undefined }
      this.#seats.add(seat)
      port.onMessage((message) => this.#answered(seat, message as Answer))
      port.onExit((error) => this.#end(seat, died(error)))
      return seat
    }
    return undefined
  }

  #answered(seat: Seat, answer: Answer): void {
    if (seat.job === undefined) return
    const job = this.#finish(seat)
    if ('error' in answer) job.reject(fromErrorShape(answer.error))
    else job.resolve(answer.result)
    this.#next()
  }

  /** Takes the job from its seat and frees the seat. */
  #finish(seat: Seat): Job {
    const job = seat.job!
    this.#jobs++
    seat.job = undefined
    this.#free.push(seat)
    seat.idle = this.#components.clock.after(this.#options.idleMs, () => this.#retire(seat), { idle: true })
    return job
  }

  #retire(seat: Seat): void {
    this.#end(seat, undefined)
    void seat.port.stop()
    if (this.#seats.size > 0 || this.#closed) return
    const jobs = this.#jobs
    this.#jobs = 0
    this.#components.rested?.(jobs)
  }

  /** The seat is gone: its thread has ended or is about to. */
  #end(seat: Seat, error: Error | undefined): void {
    if (!this.#seats.delete(seat)) return
    seat.idle?.cancel()
    const at = this.#free.indexOf(seat)
    if (at >= 0) this.#free.splice(at, 1)
    if (error !== undefined) seat.job?.reject(error)
    seat.job = undefined
    this.#next()
  }
}

/** The thread's side of a pool: answers each job with what `handle` returns or resolves to, or with the error it throws. */
export function answerJobs(port: Pick<WorkerPort, 'post' | 'onMessage'>, handle: (job: unknown) => unknown): void {
  port.onMessage((job) => {
    void (async () => {
      let answer: Answer
      try {
        answer = { result: await handle(job) }
      } catch (error) {
        answer = { error: toErrorShape(error) }
      }
      try {
        port.post(answer)
      } catch (error) {
        port.post({ error: toErrorShape(error) })
      }
    })()
  })
}

function closed(): HoldfastError {
  return new HoldfastError('internal', 'The worker threads have been stopped')
}

function died(cause: Error | undefined): HoldfastError {
  const reason = cause === undefined ? 'it ended' : cause.message
  return new HoldfastError('internal', `A worker thread died in the middle of a job: ${reason}`, { cause })
}
