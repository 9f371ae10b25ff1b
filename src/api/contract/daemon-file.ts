import * as z from 'zod'

/** The file in the home directory by which a running daemon is found. */
export const DAEMON_FILE = 'daemon.json'

export const DaemonFile = z.object({
  pid: z.int(),
  /** A Unix socket's path or a named pipe's name. */
  socket: z.string(),
  /** The origin for browsers, `http://127.0.0.1:8390`. */
  http: z.string(),
})

export type DaemonFile = z.infer<typeof DaemonFile>
