import { realpathSync } from 'node:fs'
import { isAbsolute, relative, sep } from 'node:path'

/** There, and in a folder's directory, or that itself; where a link leads outside it is not. */
export function isInside(path: string, roots: readonly string[]): boolean {
  const at = isAbsolute(path) ? placeOf(path) : null
  return (
    at !== null &&
    roots.some((root) => {
      const way = relative(placeOf(root) ?? root, at)
      return way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way)
    })
  )
}

function placeOf(path: string): string | null {
  try {
    return realpathSync(path)
  } catch {
    return null
  }
}
