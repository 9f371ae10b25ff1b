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

/** JSON lines in `<home>/logs/holdfast.log`; what a start finds larger than 10 MiB is put aside as `holdfast.1.log`. */
export function openLog(home: string, level: LogLevel): Log {
  const directory = join(home, 'logs')
  mkdirSync(directory, { recursive: true, mode: 0o700 })
  const file = join(directory, 'holdfast.log')
  if ((statSync(file, { throwIfNoEntry: false })?.size ?? 0) > MAX_LOG_BYTES) renameSync(file, join(directory, 'holdfast.1.log'))
  const destination = pino.destination({ dest: file, sync: false, minLength: 4096, mode: 0o600, periodicFlush: 5_000 })
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
