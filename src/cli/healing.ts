interface Healing {
  healed: number
  unneeded: number
  waiting: number
}

/** What became of damaged or lost pieces, as part of a sentence. */
export function healing({ healed, unneeded, waiting }: Healing): string {
  const parts = [
    `${healed} healed`,
    ...(unneeded === 0 ? [] : [`${unneeded} removed, as nothing needs ${unneeded === 1 ? 'it' : 'them'} any more`]),
    ...(waiting === 0 ? [] : [`${waiting} not to be had yet`]),
  ]
  return parts.join(', ')
}
