import { windowsNameFault } from '#base'
import type { Filesystem } from './filesystem.ts'

/** Why a disk of this platform cannot hold the name, or undefined. What else a disk refuses it says itself, when asked. */
export function nameFault(platform: Filesystem['platform'], name: string): string | undefined {
  return platform === 'windows' ? windowsNameFault(name) : undefined
}
