import type { Backend } from '#api'
import type { BackendContext } from './backend-context.ts'

export function upkeepOperations({ housekeeping, membership, registry, network }: BackendContext): Pick<Backend, 'gc'> {
  return {
    async gc({ dryRun, abandoned, lost }, signal) {
      const done = await housekeeping.run({ isDry: dryRun, isAbandonedToo: abandoned, isLostToo: lost, signal })
      const { bytes, obstacles, elsewhere, undecided, ...counts } = done
      const called = membership.called()
      const named = network.group.state.folders.filter(({ isNamed }) => isNamed)
      const names = new Set([...named, ...registry.folders.map(({ stored }) => stored)].map(({ name }) => name))
      const left = elsewhere.flatMap(({ folder, device, obstacle }) =>
        obstacle === null ? [] : [{ folder, message: `${called(device)} is not told what of it may go there: ${obstacle}` }],
      )
      return {
        freedBytes: bytes,
        ...counts,
        elsewhere: elsewhere.map(({ folder, device, blocks, bytes: size }) => ({
          folder,
          device: called(device),
          blocks,
          bytes: size,
        })),
        undecided: undecided.map(({ folder, versions, away, isWhole }) => {
          const names = away.map(called)
          return { folder, versions, away: names, message: undecidedMessage(versions, names, isWhole) }
        }),
        notes: [...obstacles, ...left].map((note) => ({ ...note, named: names.has(note.folder) })),
      }
    },
  }
}

/** Of what it is not known whether it is lost, why, and what to do. */
function undecidedMessage(versions: number, away: readonly string[], isWhole: boolean): string {
  const what = versions === 1 ? '1 version lacks content' : `${versions} versions lack content`
  if (versions > 0 && away.length > 0) {
    const [are, them] = away.length === 1 ? ['is', 'it'] : ['are', 'they']
    return `${what} here that may be on ${away.join(', ')}, which ${are} not connected: what of it is lost is known, and can be given up, once ${them} ${are} back, or removed for good (holdfast devices remove DEVICE)`
  }
  const again = 'in a minute more is known: holdfast gc --lost again'
  if (!isWhole) return `not all could be looked for in the time there was: ${again}`
  return `${what} here that could not be looked for to the end while devices are at work: ${again}`
}
