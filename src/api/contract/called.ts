interface Named {
  device: string
  name: string
}

/** What people call the devices of a list. */
export interface Called {
  /** Its name, with the end of its id where another device of the list has that name too; of a device that is in no list, that end alone. */
  called(device: string): string
  /** The same as a command takes it: a name that only one has, or the end of the id. Not quoted for a shell. */
  reference(device: string): string
}

/** Tells devices apart as people do, by their names, where these do. A device may be in the list more than once. */
export function calledIn(devices: Iterable<Named>): Called {
  const names = new Map(Array.from(devices, ({ device, name }) => [device, name]))
  const counts = new Map<string, number>()
  for (const name of names.values()) counts.set(name, (counts.get(name) ?? 0) + 1)
  const only = (device: string): string | undefined => {
    const name = names.get(device)
    return name !== undefined && counts.get(name) === 1 ? name : undefined
  }
  return {
    called(device) {
      const name = names.get(device)
      return only(device) ?? (name === undefined ? shortId(device) : `${name} (${shortId(device)})`)
    },
    reference: (device) => only(device) ?? shortId(device),
  }
}

/** The end of a PeerId that stands for it: its last 8 characters. */
function shortId(device: string): string {
  return device.slice(-8)
}
