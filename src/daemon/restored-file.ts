import { createWriteStream, utimesSync } from 'node:fs'
import { chmod, mkdir, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { diskSeconds, HoldfastError, toErrorShape } from '#base'
import { asFarAsHeld } from '#folder'
import type { Past } from '#history'
import type { Version } from '#model'

/** Writes a file's content to a path where nothing is, durably; where that does not end well, nothing is left there. */
export async function writeFile(past: Past, version: Version, to: string, signal: AbortSignal): Promise<void> {
  await mkdir(dirname(to), { recursive: true })
  const stream = createWriteStream(to, { flags: 'wx', mode: version.mode, flush: true })
  try {
    await pipeline(Readable.from(past.read(version, signal)), stream, { signal })
    // What the process masks is the version's all the same.
    await chmod(to, version.mode)
    const time = diskSeconds(version.mtime)
    asFarAsHeld(() => utimesSync(to, time, time))
  } catch (error) {
    const { code, message, ...rest } = toErrorShape(error)
    if (code !== 'exists') await rm(to, { force: true })
    throw new HoldfastError(code, message, { ...rest, cause: error })
  }
}
