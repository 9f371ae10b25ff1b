import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { HoldfastError, type Random } from '#base'

/** What fits into a socket address everywhere (macOS: 104 bytes, Linux: 108, with a NUL). */
const MAX_SOCKET_BYTES = 100

/** Where the daemon of `home` listens for the command line: a path in the home, a short one elsewhere, or a named pipe. */
export async function chooseSocket(home: string, random: Random): Promise<string> {
  if (process.platform === 'win32') return `\\\\.\\pipe\\holdfast-${Buffer.from(random.bytes(16)).toString('hex')}`
  const path = join(home, 'daemon.sock')
  if (Buffer.byteLength(path) <= MAX_SOCKET_BYTES) return path
  const base = Buffer.byteLength(tmpdir()) <= 60 ? tmpdir() : '/tmp'
  return join(await mkdtemp(join(base, 'holdfast-')), 'sock')
}

/** Removes what a crashed daemon left at `socket`; throws `exists` when one still answers there. */
export async function clearStaleSocket(socket: string): Promise<void> {
  if (socket.startsWith('\\\\')) return
  if (await answers(socket)) {
    throw new HoldfastError('exists', `a daemon is running already: ${socket} answers`, {
      hint: 'use that one, or stop it first',
    })
  }
  await rm(socket, { force: true })
}

/** Only this user may connect. */
export async function protectSocket(socket: string): Promise<void> {
  if (!socket.startsWith('\\\\')) await chmod(socket, 0o600)
}

export async function removeSocket(socket: string, home: string): Promise<void> {
  if (socket.startsWith('\\\\')) return
  await rm(dirname(socket) === home ? socket : dirname(socket), { recursive: true, force: true })
}

function answers(socket: string): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = connect(socket)
    probe.once('connect', () => {
      probe.destroy()
      resolve(true)
    })
    probe.once('error', () => resolve(false))
  })
}
