import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'

/** What a build is made of, relative to the checkout. */
const sources = [
  'src',
  'renderer',
  'electron',
  'scripts/build.ts',
  'scripts/build-bin.ts',
  'scripts/page-build.ts',
  'scripts/shell-build.ts',
  'package.json',
  'package-lock.json',
]

/**
 * Whether `dist/` was built from what is in the checkout now: nothing in it was changed, added or removed since.
 * Takes a few milliseconds.
 * @param {string} root the checkout
 * @param {string} [made] what was made last by the build
 * @returns {boolean}
 */
export function isFresh(root, made = 'dist/.built') {
  try {
    const built = statSync(join(root, made)).mtimeMs
    return sources.every((source) => newest(join(root, source)) < built)
  } catch {
    return false
  }
}

/**
 * The latest change in a tree, in milliseconds since 1970. Directories count: removing a file changes its directory.
 * @param {string} path
 * @returns {number}
 */
function newest(path) {
  const stats = statSync(path)
  if (!stats.isDirectory()) return stats.mtimeMs
  return readdirSync(path).reduce((latest, name) => Math.max(latest, newest(join(path, name))), stats.mtimeMs)
}
