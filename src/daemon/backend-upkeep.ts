import type { Backend } from '#api'
import type { BackendContext } from './backend-context.ts'

export function upkeepOperations({ housekeeping, membership, registry, network }: BackendContext): Pick<Backend, 'gc'> {
  return {
    async gc({ dryRun, abandoned, lost }, signal) {
      const done = await housekeeping.run({ isDry: dryRun, isAbandonedToo: abandoned, isLostToo: lost, signal })
      const { bytes, obstacles, elsewhere, ...counts } = done
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
        notes: [...obstacles, ...left].map((note) => ({ ...note, named: names.has(note.folder) })),
      }
    },
  }
}
