import { HoldfastError, shellWord } from '#base'
import type { DeviceId } from '#model'
import type { BackendContext } from './backend-context.ts'
import { takersOf } from './folder-layout.ts'
import { isShelf } from './shelves.ts'

/**
 * Whoever takes a device out of the group says up to which record what it wrote counts: what is not known here by then counts for nobody, and its blocks
 * go. Throws `blocked` while this device still learns what there is in one of its folders, and there is a device that could tell.
 */
export function needLearned(
  { network, registry, membership }: Pick<BackendContext, 'network' | 'registry' | 'membership'>,
  device: DeviceId,
): void {
  const { state, device: own } = network.group
  for (const { stored, sync } of registry.folders) {
    if (sync === null || sync.comparison.done) continue
    const could = [
      ...takersOf(state, stored.id),
      ...state.devices.flatMap((each) => (isShelf(state, each.device) ? each.device : [])),
    ]
    if (!could.some((each) => each !== device && each !== own)) continue
    const name = membership.called()(device)
    throw new HoldfastError(
      'blocked',
      `this device does not know yet what there is in ${stored.name}: what ${name} wrote there, and is not known here, would be lost with it`,
      {
        hint: `repeat it in some seconds, with a device connected that has the folder or holds its blocks; where all of these are gone: holdfast devices remove ${shellWord(name)} --now`,
      },
    )
  }
}
