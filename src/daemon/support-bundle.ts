import { existsSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Status } from '#api/contract'
import { errnoOf, HoldfastError } from '#base'
import type { BackendContext } from './backend-context.ts'

const MAX_LOG_BYTES = 2 * 1024 * 1024

/** Writes one JSON file with what a person who helps needs: versions, state, settings and the end of the log; no keys, no content. */
export async function writeSupportBundle(
  { home, version, settings, logger }: BackendContext,
  file: string,
  status: Status,
): Promise<void> {
  logger.flush()
  const log = join(home, 'logs', 'holdfast.log')
  const lines = existsSync(log) ? (await readFile(log)).subarray(-MAX_LOG_BYTES).toString() : ''
  const bundle = {
    format: 1,
    version,
    node: process.versions,
    platform: `${process.platform} ${process.arch}`,
    settings: settings.values,
    status,
    log: lines.split('\n'),
  }
  try {
    await writeFile(file, `${JSON.stringify(bundle, null, 2)}\n`, { flag: 'wx', mode: 0o600 })
  } catch (cause) {
    if (errnoOf(cause) === 'EEXIST')
      throw new HoldfastError('exists', `${file} is there already`, {
        reason: 'file-exists',
        values: { path: file },
        hint: 'choose another name',
        cause,
      })
    throw cause
  }
}
