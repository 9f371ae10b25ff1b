import { messageOf, type Logger } from '#base'
import type { World } from './world.ts'

/** What a device logs becomes part of the story. */
export function simLogger(world: World, name: string): Logger {
  const note = (fields: object, message: string): void => {
    const { path, error, code } = fields as { path?: string; error?: unknown; code?: string }
    const why = error === undefined ? (code ?? '') : messageOf(error)
    world.trace.note(`${world.now.toFixed(1)} ${name} log: ${message} ${path ?? ''} ${why}`)
  }
  const logger: Logger = { debug: note, info: note, warn: note, error: note, child: () => logger }
  return logger
}
