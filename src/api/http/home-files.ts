import { chmod, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { errnoOf, type Random } from '#base'
import { DAEMON_FILE, type DaemonFile } from '../contract/index.ts'

const SESSION_KEY_FILE = 'session.key'
const PORT_FILE = 'port.json'

const KeptPort = z.object({ wanted: z.number(), port: z.int().min(1).max(65_535) })

/** Tells the command line where this daemon is. Readers see a whole file or none. */
export async function writeDaemonFile(home: string, daemon: DaemonFile): Promise<void> {
  await writeWhole(join(home, DAEMON_FILE), daemon)
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

/** The port that the page had in place of `wanted` (0 = any): bookmarks name it. Only a convenience: none where it cannot be read. */
export async function keptPort(home: string, wanted: number): Promise<number | undefined> {
  try {
    const kept = KeptPort.parse(JSON.parse(await readFile(join(home, PORT_FILE), 'utf8')))
    return kept.wanted === wanted ? kept.port : undefined
  } catch {
    return undefined
  }
}

export async function keepPort(home: string, kept: z.infer<typeof KeptPort>): Promise<void> {
  await writeWhole(join(home, PORT_FILE), kept)
}

async function writeWhole(path: string, content: unknown): Promise<void> {
  await writeFile(`${path}.new`, `${JSON.stringify(content)}\n`, { mode: 0o600 })
  await rename(`${path}.new`, path)
}
