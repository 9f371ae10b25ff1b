import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { join } from 'node:path'
import { DAEMON_FILE, DaemonFile } from '../contract/index.ts'

/** Where the daemon of a home answers now; null where none does. */
export async function findSocket(home: string): Promise<string | null> {
  try {
    const { socket } = DaemonFile.parse(JSON.parse(await readFile(join(home, DAEMON_FILE), 'utf8')))
    const probe = connect(socket)
    await once(probe, 'connect').finally(() => probe.destroy())
    return socket
  } catch {
    return null
  }
}
