interface Healing {
  healed: number
  unneeded: number
  inFiles: number
  waiting: number
}

/** What became of damaged or lost pieces, as part of a sentence. */
export function healing({ healed, unneeded, inFiles, waiting }: Healing): string {
  const others = unneeded - inFiles
  const parts = [
    `${healed} healed`,
    ...(inFiles === 0 ? [] : [`${inFiles} not needed in the store, as files here have ${them(inFiles)}`]),
    ...(others === 0
      ? []
      : [`${others} not needed here: other devices hold ${them(others)}, or no version needs ${them(others)}`]),
    ...(waiting === 0 ? [] : [`${waiting} not to be had yet`]),
  ]
  return parts.join(', ')
}

function them(count: number): string {
  return count === 1 ? 'it' : 'them'
}
