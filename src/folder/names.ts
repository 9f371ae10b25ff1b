import type { Filesystem } from './filesystem.ts'

const RESERVED = /^(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])( *\.|$)/i
const FORBIDDEN = /[<>:"|?*\\\x00-\x1f]/

/** Why a disk of this platform cannot hold the name, or undefined. What else a disk refuses it says itself, when asked. */
export function nameFault(platform: Filesystem['platform'], name: string): string | undefined {
  if (platform !== 'windows') return undefined
  const forbidden = FORBIDDEN.exec(name)
  if (forbidden !== null) return `Windows allows no ${JSON.stringify(forbidden[0])} in a name`
  if (RESERVED.test(name)) return 'Windows keeps this name for a device'
  if (name.endsWith('.') || name.endsWith(' ')) return 'Windows allows no name that ends with a dot or a space'
  return undefined
}
