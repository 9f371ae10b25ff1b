import type { DeviceId } from '#model'
import type { Absence } from './absent.ts'
import type { Wanted } from './source.ts'

/** A chunk that nobody was asked for yet. */
export function newWanted(
  what: Pick<Wanted, 'folder' | 'id' | 'length' | 'purpose' | 'only' | 'since' | 'resolve' | 'reject'>,
): Wanted {
  return { ...what, asked: [], absent: [], forgiven: [], askedAgain: false, isRelieved: false, done: false }
}

/** It is nowhere to be had: what the devices have said. */
export function absenceOf({ asked, absent }: Wanted): Absence {
  return { open: absent, sealed: [], isSure: asked.every((device) => absent.includes(device)) }
}

export function without(devices: readonly DeviceId[], device: DeviceId): DeviceId[] {
  return devices.filter((other) => other !== device)
}
