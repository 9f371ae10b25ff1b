import { Worker } from 'node:worker_threads'
import { afterEach, describe, expect, it } from 'vitest'
import { systemClock, type WorkerPort } from '#base'
import { WorkerPool } from '#content'

function startThread(): WorkerPort {
  const worker = new Worker(new URL('./pool-worker.ts', import.meta.url))
  let error: Error | undefined
  let stopping = false
  worker.on('error', (cause: Error) => (error = cause))
  return {
    post: (message, transfer) => worker.postMessage(message, transfer ?? []),
    onMessage: (listener) => void worker.on('message', listener),
    onExit: (listener) =>
      void worker.on('exit', (code) => listener(stopping ? undefined : (error ?? new Error(`exit code ${code}`)))),
    stop: async () => {
      stopping = true
      await worker.terminate()
    },
  }
}

describe('WorkerPool', () => {
  let pool: WorkerPool | undefined
  let started = 0

  function open(size: number, idleMs = 60_000): WorkerPool {
    started = 0
    pool = new WorkerPool({ start: () => (started++, startThread()), clock: systemClock }, { size, idleMs })
    return pool
  }

  afterEach(() => pool?.close())

  it('starts threads on demand, never more than it may, and answers each job with its own result', async () => {
    const open2 = open(2)
    expect(open2.threads).toBe(0)
    const results = await Promise.all(Array.from({ length: 20 }, (_, value) => open2.run({ kind: 'echo', value })))
    expect(results).toEqual(Array.from({ length: 20 }, (_, value) => value))
    expect(started).toBe(2)
  })

  it('uses one thread where one is enough', async () => {
    const jobs = open(4)
    for (let value = 0; value < 5; value++) await jobs.run({ kind: 'echo', value })
    expect(started).toBe(1)
  })

  it('says when the last thread has rested, and after how many jobs', async () => {
    const rested: number[] = []
    pool = new WorkerPool(
      { start: startThread, clock: systemClock, rested: (jobs) => rested.push(jobs) },
      { size: 2, idleMs: 30 },
    )
    const jobs = pool
    await Promise.all([1, 2, 3].map((value) => jobs.run({ kind: 'echo', value })))
    await expect.poll(() => rested).toEqual([3])
    await pool.run({ kind: 'echo', value: 4 })
    await expect.poll(() => rested).toEqual([3, 1])
  })

  it('hands buffers over without a copy', async () => {
    const bytes = new Uint8Array(1000)
    expect(await open(1).run({ kind: 'length', value: bytes }, [bytes.buffer])).toBe(1000)
    expect(bytes.byteLength).toBe(0)
  })

  it('keeps the code and hint of an error, and goes on with the same thread', async () => {
    const jobs = open(1)
    await expect(jobs.run({ kind: 'refuse' })).rejects.toMatchObject({
      code: 'denied',
      message: 'a.txt cannot be read',
      hint: 'Look at its permissions',
    })
    await expect(jobs.run({ kind: 'system' })).rejects.toMatchObject({ code: 'full' })
    await expect(jobs.run({ kind: 'function' })).rejects.toMatchObject({ code: 'internal' })
    expect(await jobs.run({ kind: 'echo', value: 1 })).toBe(1)
    expect(started).toBe(1)
  })

  it('refuses a job that cannot be sent, and stays usable', async () => {
    const jobs = open(1)
    await expect(jobs.run({ kind: 'echo', value: () => 0 })).rejects.toMatchObject({ code: 'internal' })
    expect(await jobs.run({ kind: 'echo', value: 2 })).toBe(2)
  })

  it.each(['crash', 'exit'])('rejects the job of a thread that dies (%s) and replaces the thread', async (kind) => {
    const jobs = open(1)
    const dead = jobs.run({ kind })
    const next = jobs.run({ kind: 'echo', value: 'next' })
    await expect(dead).rejects.toMatchObject({ code: 'internal', message: expect.stringMatching(/died.*(cheese|exit code 0)/) })
    expect(await next).toBe('next')
    expect(started).toBe(2)
  })

  it('rejects a job whose thread cannot be started', async () => {
    const failing = new WorkerPool(
      {
        start: () => {
          throw new Error('no more threads')
        },
        clock: systemClock,
      },
      { size: 1, idleMs: 1000 },
    )
    await expect(failing.run({})).rejects.toMatchObject({ code: 'internal' })
  })

  it('stops idle threads and starts one again for the next job', async () => {
    const jobs = open(2, 20)
    await Promise.all([jobs.run({ kind: 'echo' }), jobs.run({ kind: 'echo' })])
    await expect.poll(() => jobs.threads).toBe(0)
    expect(await jobs.run({ kind: 'echo', value: 3 })).toBe(3)
    expect(started).toBe(3)
  })

  it('rejects what runs, what waits and what comes later when it is closed', async () => {
    const jobs = open(1)
    const ends = [jobs.run({ kind: 'wait' }), jobs.run({ kind: 'echo' })].map((job) =>
      job.then(String, (error: Error) => error.message),
    )
    await jobs.close()
    await jobs.close()
    expect(jobs.threads).toBe(0)
    expect(await Promise.all(ends)).toEqual(['The worker threads have been stopped', 'The worker threads have been stopped'])
    await expect(jobs.run({ kind: 'echo' })).rejects.toThrow('stopped')
  })
})
