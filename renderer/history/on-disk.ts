const RESERVED = /^(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(?= *(?:\.|$))/i

/** Windows alone has absolute paths that do not begin with a slash. */
const isWindows = (root: string): boolean => !root.startsWith('/')

/**
 * A path out of a folder in names that the system has on whose disk `root` is: they may be another system's. On Windows a backslash would
 * lead to another directory, and a colon into another file.
 */
export function namesFor(root: string, path: string): string {
  if (!isWindows(root)) return path
  const names = path.split('/').map((name) => {
    const held = name.replaceAll(/[\p{Cc}<>:"\\|?*]/gu, '_').replace(/[. ]+$/u, (end) => '_'.repeat(end.length))
    return RESERVED.test(held) ? `_${held}` : held
  })
  return names.join('/')
}

/** A path in a folder as the computer has it. Throws where it would lead out of `root`. */
export function onDisk(root: string, path: string): string {
  const names = namesFor(root, path).split('/')
  if (names.some((name) => ['', '.', '..'].includes(name))) throw new Error(`${path} is no path in a folder`)
  return [root.replace(/[\\/]+$/u, ''), ...names].join(isWindows(root) ? '\\' : '/')
}
