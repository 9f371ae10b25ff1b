import type { Problem } from '#api/contract'
import type { DeviceId } from '#model'
import { isoTime } from './backend-context.ts'
import { LOOK_THERE } from './folder-lies.ts'
import type { OpenFolder } from './folder-opener.ts'

/** Devices that do not have what they say that they have of a folder, each as a problem of the folder itself; `called`: as people call a device. */
export function lieProblems({ stored: { name }, keeping }: OpenFolder, called: (device: DeviceId) => string): Problem[] {
  return (keeping?.lies.all ?? []).map(({ device, since }) => ({
    folder: name,
    path: '.',
    code: 'lies',
    message: `${called(device)} does not have all of its versions that it says it has; none of what it says counts as protected`,
    hint: `on ${called(device)}: ${LOOK_THERE}; it is asked again by itself`,
    values: { device: called(device) },
    since: isoTime(since),
  }))
}
