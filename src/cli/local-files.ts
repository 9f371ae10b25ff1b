import { link, lstat, mkdir, open, readdir, rename, rm, symlink, unlink } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { diskSeconds, errnoOf, HoldfastError } from '#base'

/** Has a program's own directory beside it until it is whole. */
const DRAFT = '.holdfast-get'

export interface NewFile {
  mode: number
  /** Microseconds since 1970. */
  mtime: number
  /** Replaces what is there. */
  force: boolean
}

let drafts = 0

/** Writes a file beside its place, makes it durable, and puts it there in one step. Where that does not end well nothing is left. */
export async function writeFileWhole(file: string, source: AsyncIterable<Uint8Array>, options: NewFile): Promise<void> {
  const draft = join(dirname(file), `${DRAFT}-${process.pid}-${++drafts}`)
  const handle = await open(draft, 'wx', 0o600).catch((cause: unknown) => {
    if (errnoOf(cause) !== 'ENOENT') throw cause
    const hint = 'make it first, or choose another place'
    throw new HoldfastError('not-found', `there is no directory ${dirname(file)}`, { hint, cause })
  })
  try {
    try {
      for await (const piece of source) await handle.writeFile(piece)
      await handle.chmod(options.mode)
      await handle.utimes(new Date(), diskSeconds(options.mtime))
      await handle.sync()
    } finally {
      await handle.close()
    }
    await putThere(draft, file, options.force)
  } catch (error) {
    await rm(draft, { force: true })
    throw error
  }
}

/** Makes a symlink; throws `exists` where something is, unless `force`. */
export async function writeLink(file: string, target: string, force: boolean): Promise<void> {
  if (!force) return await symlink(target, file).catch((error: unknown) => Promise.reject(taken(error, file)))
  const draft = join(dirname(file), `${DRAFT}-${process.pid}-${++drafts}`)
  await symlink(target, draft)
  await rename(draft, file)
}

/** A directory of its own at a path whose parent is there: what leads elsewhere is refused. */
export async function makeDirectory(path: string): Promise<void> {
  try {
    await mkdir(path, { mode: 0o700 })
  } catch (error) {
    if (errnoOf(error) !== 'EEXIST') throw error
    if (!(await lstat(path)).isDirectory())
      throw new HoldfastError('exists', `${path} is there, and is no directory`, { cause: error })
  }
}

/** Throws `exists` where something is at the path. */
export async function needFree(path: string): Promise<void> {
  if ((await lstat(path).catch(() => null)) !== null) throw taken(null, path)
}

/** Throws `exists` where something is at the path, but for an empty directory. */
export async function needEmpty(path: string): Promise<void> {
  const names = await readdir(path).catch(() => null)
  if (names?.length !== 0) await needFree(path)
}

async function putThere(draft: string, file: string, force: boolean): Promise<void> {
  if (force) return await rename(draft, file)
  try {
    await link(draft, file)
  } catch (error) {
    if (errnoOf(error) === 'EEXIST') throw taken(error, file)
    // A disk without hard links.
    await needFree(file)
    return await rename(draft, file)
  }
  await unlink(draft)
}

function taken(cause: unknown, path: string): unknown {
  if (cause !== null && errnoOf(cause) !== 'EEXIST') return cause
  return new HoldfastError('exists', `something is at ${path} already`, {
    hint: `--force replaces it; or give another place than ${basename(path)}`,
    cause,
  })
}
