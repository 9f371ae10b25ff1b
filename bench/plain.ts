import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, fsyncSync, openSync, readSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import type { Beside } from './case.ts'

const PIECE = 1 << 20

/** Sends `bytes` from one process to another through a plain node:tls socket on loopback. */
export async function rawTls(bytes: number): Promise<Beside> {
  const child = spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', join(import.meta.dirname, 'tls-receiver.ts'), String(bytes)],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  )
  try {
    const [line] = (await once(child.stdout, 'data')) as [Buffer]
    const sender = spawn(
      process.execPath,
      [
        '--disable-warning=ExperimentalWarning',
        join(import.meta.dirname, 'tls-sender.ts'),
        String(bytes),
        line.toString().trim(),
      ],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    )
    const [seconds] = (await once(sender.stdout, 'data')) as [Buffer]
    return { tool: 'raw TLS', seconds: Number(seconds.toString()) }
  } finally {
    child.kill('SIGKILL')
  }
}

/** Copies a file piece by piece, and fsyncs the copy. */
export function copyWithFsync(from: string, to: string): Beside {
  const start = performance.now()
  const source = openSync(from, 'r')
  const target = openSync(to, 'w')
  const piece = Buffer.alloc(PIECE)
  for (let read = readSync(source, piece); read > 0; read = readSync(source, piece)) writeSync(target, piece, 0, read)
  fsyncSync(target)
  closeSync(source)
  closeSync(target)
  return { tool: 'copy + fsync', seconds: (performance.now() - start) / 1000 }
}

/** What rsync takes; `fault` where there is none that can fsync (3.2.4 can), or it fails. `rsync` is the program. */
export function rsyncWithFsync(from: string, to: string, rsync = 'rsync'): { done: Beside } | { fault: string } {
  const start = performance.now()
  const { status, error, stderr } = spawnSync(rsync, ['-a', '--fsync', `${from}/`, `${to}/`], { encoding: 'utf8' })
  if (error !== undefined) return { fault: `${rsync} cannot be run (${(error as NodeJS.ErrnoException).code ?? error.message})` }
  if (status !== 0) return { fault: `${rsync} failed: ${stderr.trim().split('\n')[0] || `status ${status}`}` }
  return { done: { tool: 'rsync -a --fsync', seconds: (performance.now() - start) / 1000 } }
}
