import { HoldfastError, shellWord, type Logger } from '#base'
import { mayRead, type FolderId } from '#model'
import type { Group, GroupFolder } from '#peers'

/** Folders of the group that this device takes no part in, and what the group is told of those that it does. */
export class Offers {
  readonly #group: Group
  readonly #has: (folder: FolderId) => boolean

  /** `has`: does this device take part in a folder? */
  constructor(group: Group, has: (folder: FolderId) => boolean) {
    this.#group = group
    this.#has = has
  }

  /** Those that some device has. */
  get list(): GroupFolder[] {
    return this.#joinable.filter(({ id }) => this.#group.state.takers(id).length > 0)
  }

  /** Also one that everybody has left, if it is asked for: a device whose version does not say so may have it. Throws `not-found`. */
  find(reference: string): GroupFolder {
    const isMeant = called(reference)
    const found = this.list.find(isMeant) ?? this.#joinable.find(isMeant)
    if (found !== undefined) return found
    throw new HoldfastError('not-found', `the group offers no folder called ${reference}`, {
      hint: 'holdfast folder list shows what is offered',
    })
  }

  /** Why there is no folder of that name here. */
  notHere(reference: string): HoldfastError {
    const offered = this.list.find(called(reference))
    if (offered === undefined) {
      return new HoldfastError('not-found', `there is no folder called ${reference} on this device`, {
        hint: 'holdfast folder list shows them',
      })
    }
    return new HoldfastError('not-found', `${offered.name} is offered by the group, but this device takes no part in it`, {
      hint: `join it: holdfast folder join ${shellWord(offered.name)} PATH`,
    })
  }

  /** Tells the group which folders this device `takes` onto its disk, where its log has it otherwise. */
  async say(takes: (folder: FolderId) => boolean, logger: Logger): Promise<void> {
    await this.#group
      .takeFolders(takes)
      .catch((error: unknown) => logger.warn({ error }, 'the group could not be told which folders this device has'))
  }

  get #joinable(): GroupFolder[] {
    const { state, device } = this.#group
    return state.folders.filter(({ id }) => !this.#has(id) && mayRead(state.role(id, device)))
  }
}

function called(reference: string): (folder: GroupFolder) => boolean {
  return ({ id, name }) => name === reference || id === reference
}
