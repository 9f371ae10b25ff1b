import { isWithoutLinks, type Filesystem } from './filesystem.ts'
import type { Place } from './tree.ts'

/** Moves a file to where nothing is, or fails with EEXIST: a rename would replace what somebody puts there this very moment. */
export function putNew(fs: Filesystem, from: Place, at: Place): void {
  try {
    fs.link(from.dir, from.name, at.dir, at.name)
  } catch (error) {
    if (!isWithoutLinks(error)) throw error
    if (fs.stat(at.dir, at.name) !== undefined) throw Object.assign(new Error(`EEXIST: '${at.name}'`), { code: 'EEXIST' })
    fs.rename(from.dir, from.name, at.dir, at.name)
    return
  }
  try {
    fs.unlink(from.dir, from.name)
  } catch (error) {
    fs.unlink(at.dir, at.name)
    throw error
  }
}
