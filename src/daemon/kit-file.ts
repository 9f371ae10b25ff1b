import { open, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { errnoOf, flushDirectory, HoldfastError } from '#base'
import { MAX_KIT_BYTES } from '#peers'

/** Writes a kit's file, durably, for its owner alone. Throws `exists` or `not-found`. What fails leaves nothing. */
export async function writeKit(file: string, text: string): Promise<void> {
  const handle = await open(file, 'wx', 0o600).catch((cause: unknown) => {
    const code = errnoOf(cause)
    if (code === 'EEXIST')
      throw new HoldfastError('exists', `${file} is there already`, {
        reason: 'file-exists',
        values: { path: file },
        hint: 'choose another name: what is there may be a kit',
        cause,
      })
    if (code !== 'ENOENT') throw cause
    throw new HoldfastError('not-found', `there is no directory ${dirname(file)}`, {
      reason: 'no-directory',
      values: { path: dirname(file) },
      hint: 'make it first, or choose another',
      cause,
    })
  })
  try {
    await handle.writeFile(text)
    await handle.sync()
    flushDirectory(dirname(file))
  } catch (error) {
    await rm(file, { force: true })
    throw error
  } finally {
    await handle.close()
  }
}

/** A kit's file, whatever is in it; no more than a kit can have. Throws `not-found` or `usage`. */
export async function readKit(file: string): Promise<string> {
  const handle = await open(file, 'r').catch((cause: unknown) => {
    if (errnoOf(cause) !== 'ENOENT') throw cause
    throw new HoldfastError('not-found', `there is no file ${file}`, {
      reason: 'no-file',
      values: { path: file },
      hint: 'check the path, and that its disk is there',
      cause,
    })
  })
  try {
    const { bytesRead, buffer } = await handle.read(Buffer.alloc(MAX_KIT_BYTES + 1), 0, MAX_KIT_BYTES + 1, 0)
    if (bytesRead <= MAX_KIT_BYTES) return buffer.toString('utf8', 0, bytesRead)
    throw new HoldfastError('usage', `${file} is too large for a recovery kit`, {
      reason: 'no-kit',
      hint: 'is it the right file?',
    })
  } finally {
    await handle.close()
  }
}
