#!/usr/bin/env -S node --disable-warning=ExperimentalWarning
import { nodeFlags, settleProcess } from '#base'

/**
 * glibc's malloc keeps what was freed, in up to eight heaps for each core. So: one heap, and buffers mapped by themselves, which
 * go back to the system when they are freed.
 */
const MALLOC = { MALLOC_ARENA_MAX: '1', MALLOC_MMAP_THRESHOLD_: '131072', MALLOC_TRIM_THRESHOLD_: '131072' }
/** Of libuv, which mostly flush files: the more of them are flushed at once, the fewer commits of its journal the disk makes of it. */
const THREADS = { UV_THREADPOOL_SIZE: '32' }

process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  // Whoever read us has had enough (`holdfast activity | head`).
  if (error.code === 'EPIPE') process.exit(0)
  throw error
})

const argv = process.argv.slice(2)
const command = argv.find((word, at) => !word.startsWith('-') && argv[at - 1] !== '--home')
// Before all else is loaded, which is loaded anew then.
if (command === 'serve') settleProcess(nodeFlags, { ...MALLOC, ...THREADS })

void start()

async function start(): Promise<void> {
  const { run } = await import('#cli')
  process.exitCode = await run(argv, {
    serve: async (args) => {
      await (await import('#daemon')).serve(args)
      // All is done and closed; what libraries still have timers for (libp2p, for a second) is of no use any more.
      process.exit()
    },
    node: process.versions.node,
    env: process.env,
    directory: process.cwd(),
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
  })
}
