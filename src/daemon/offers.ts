import { HoldfastError, shellWord, sleep, type Clock, type Logger } from '#base'
import { mayRead, type FolderId } from '#model'
import type { Group, GroupFolder } from '#peers'
import { awaitSecret, KEY_WAIT_MS } from './await-secret.ts'

/** How long a new folder waits to hear whether its name is taken: it need not be that of one whose key does not come. */
const TAKEN_WAIT_MS = 2_000
const NAMELESS_HINT =
  'of some that are offered the name is not known here, as no device has given their keys: start one that has the folder, and try again'

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
    if (this.#isStorage)
      throw new HoldfastError(
        'denied',
        'this is a storage device: it holds sealed blocks for the others, and takes part in no folder',
        {
          reason: 'storage-no-folders',
          hint: 'a device that is to have folders joins as a member, by a code of: holdfast invite',
        },
      )
    throw new HoldfastError('not-found', `the group offers no folder called ${reference}`, {
      reason: 'not-offered',
      values: { folder: reference },
      hint: this.#isNameless ? NAMELESS_HINT : 'holdfast folder list shows what is offered',
    })
  }

  /** As `find`, once names that come with a key are known, or do not come: the folder by its name. Throws `offline` where its own key does not. */
  async named(reference: string, clock: Clock): Promise<GroupFolder> {
    await this.#untilNamed(clock, KEY_WAIT_MS, called(reference))
    const { id, name } = this.find(reference)
    await awaitSecret({ group: this.#group, clock }, id, name)
    return this.find(id)
  }

  /** Is one offered by that name? Of those whose keys do not come soon that cannot be told. */
  async has(name: string, clock: Clock): Promise<boolean> {
    const isMeant = called(name)
    await this.#untilNamed(clock, TAKEN_WAIT_MS, isMeant)
    return this.list.some(isMeant)
  }

  /** Why there is no folder of that name here. */
  notHere(reference: string): HoldfastError {
    const offered = this.list.find(called(reference))
    if (offered === undefined) {
      return new HoldfastError('not-found', `there is no folder called ${reference} on this device`, {
        reason: 'no-folder',
        values: { folder: reference },
        hint: 'holdfast folder list shows them',
      })
    }
    return new HoldfastError('not-found', `${offered.name} is offered by the group, but this device takes no part in it`, {
      reason: 'not-joined',
      values: { folder: offered.name },
      hint: `join it: holdfast folder join ${shellWord(offered.name)} PATH`,
    })
  }

  /** Tells the group which folders this device `takes` onto its disk, where its log has it otherwise. */
  async say(takes: (folder: FolderId) => boolean, logger: Logger): Promise<void> {
    await this.#group
      .takeFolders(takes)
      .catch((error: unknown) => logger.warn({ error }, 'the group could not be told which folders this device has'))
  }

  /** Waits while the folder that is meant may be one whose name is not known here. */
  async #untilNamed(clock: Clock, ms: number, isMeant: (folder: GroupFolder) => boolean): Promise<void> {
    const end = clock.monotonic() + ms
    while (this.#isNameless && !this.#joinable.some(isMeant) && clock.monotonic() < end) await sleep(clock, 50)
  }

  /** Is there one whose name is to come with its key? */
  get #isNameless(): boolean {
    return this.#joinable.some(({ id, isNamed }) => !isNamed && this.#group.secret(id) === null)
  }

  get #isStorage(): boolean {
    const { state, device } = this.#group
    return state.devices.some((each) => each.device === device && each.role === 'storage')
  }

  get #joinable(): GroupFolder[] {
    const { state, device } = this.#group
    return state.folders.filter(({ id }) => !this.#has(id) && mayRead(state.role(id, device)))
  }
}

function called(reference: string): (folder: GroupFolder) => boolean {
  return ({ id, name }) => name === reference || id === reference
}
