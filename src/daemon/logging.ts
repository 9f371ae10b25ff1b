import { mkdirSync, renameSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { pino, stdSerializers } from 'pino'
import type { Logger } from '#base'

const MAX_LOG_BYTES = 10 * 1024 * 1024
export const LOG_LEVELS = ['debug', 'info', 'warn', 'error'] as const
export type LogLevel = (typeof LOG_LEVELS)[number]

export interface Log extends Logger {
  setLevel(level: LogLevel): void
  flush(): void
}

/** JSON lines in `<home>/logs/holdfast.log`; what has grown beyond `maxBytes` is put aside as `holdfast.1.log`, in place of the one before. */
export function openLog(home: string, level: LogLevel, { maxBytes = MAX_LOG_BYTES } = {}): Log {
  const directory = join(home, 'logs')
  mkdirSync(directory, { recursive: true, mode: 0o700 })
  const file = join(directory, 'holdfast.log')
  const aside = (): void => renameSync(file, join(directory, 'holdfast.1.log'))
  let bytes = statSync(file, { throwIfNoEntry: false })?.size ?? 0
  if (bytes > maxBytes) {
    aside()
    bytes = 0
  }
  const destination = pino.destination({ dest: file, sync: false, minLength: 4096, mode: 0o600, periodicFlush: 5_000 })
  // A log that cannot be written must not end the daemon.
  destination.on('error', () => undefined)
  destination.on('write', (written: number) => {
    bytes += written
    if (bytes <= maxBytes) return
    bytes = 0
    try {
      aside()
      destination.reopen()
    } catch {
      // It goes on in the file it has, and is tried again when that has grown as much once more.
    }
  })
  const root = pino({ level, base: null, serializers: { error: stdSerializers.err } }, destination)
  const wrap = (logger: typeof root): Log => ({
    debug: (fields, message) => logger.debug(fields, message),
    info: (fields, message) => logger.info(fields, message),
    warn: (fields, message) => logger.warn(fields, message),
    error: (fields, message) => logger.error(fields, message),
    child: (fields) => wrap(logger.child(fields)),
    setLevel(next) {
      root.level = next
    },
    flush() {
      try {
        destination.flushSync()
      } catch {
        // Nothing was written yet.
      }
    },
  })
  return wrap(root)
}
