const RESERVED = /^(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])( *\.|$)/i
const FORBIDDEN = /[<>:"|?*\\\x00-\x1f]/

/** Why no disk of Windows can hold the name, or undefined. A backslash would be another directory there, a colon another stream. */
export function windowsNameFault(name: string): string | undefined {
  const forbidden = FORBIDDEN.exec(name)
  if (forbidden !== null) return `Windows allows no ${JSON.stringify(forbidden[0])} in a name`
  if (RESERVED.test(name)) return 'Windows keeps this name for a device'
  if (name.endsWith('.') || name.endsWith(' ')) return 'Windows allows no name that ends with a dot or a space'
  return undefined
}

/** The same of all names of a path that is written on this computer. */
export function pathFault(path: string, platform: NodeJS.Platform = process.platform): string | undefined {
  if (platform !== 'win32') return undefined
  for (const name of path.split('/')) {
    const fault = windowsNameFault(name)
    if (fault !== undefined) return fault
  }
  return undefined
}
