import { chmod, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { errnoOf, type Random } from '#base'
import { DAEMON_FILE, type DaemonFile } from '../contract/index.ts'

const SESSION_KEY_FILE = 'session.key'

/** Tells the command line where this daemon is. Readers see a whole file or none. */
export async function writeDaemonFile(home: string, daemon: DaemonFile): Promise<void> {
  const path = join(home, DAEMON_FILE)
  await writeFile(`${path}.new`, `${JSON.stringify(daemon)}\n`, { mode: 0o600 })
  await rename(`${path}.new`, path)
}

export async function removeDaemonFile(home: string): Promise<void> {
  await rm(join(home, DAEMON_FILE), { force: true })
}

/** The 32 bytes that sign page sessions, made at the first start. Removing the file logs every browser out. */
export async function sessionKey(home: string, random: Random): Promise<Uint8Array> {
  const path = join(home, SESSION_KEY_FILE)
  try {
    const key = new Uint8Array(await readFile(path))
    if (key.length === 32) return key
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw error
  }
  const key = random.bytes(32)
  await writeFile(path, key, { mode: 0o600 })
  await chmod(path, 0o600)
  return key
}
