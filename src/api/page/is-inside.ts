import { isAbsolute, relative, sep } from 'node:path'

/** In a folder's directory, or that itself. */
export function isInside(path: string, roots: readonly string[]): boolean {
  return (
    isAbsolute(path) &&
    roots.some((root) => {
      const way = relative(root, path)
      return way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way)
    })
  )
}
