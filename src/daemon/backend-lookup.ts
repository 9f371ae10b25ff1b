import type { Backend } from '#api'
import { HoldfastError } from '#base'
import { IGNORE_FILE, ignoreFaults } from '#folder'
import type { FolderId } from '#model'
import type { BackendContext } from './backend-context.ts'
import { folderProblems, opened } from './backend-folders.ts'
import { pastOf } from './backend-history.ts'
import { listDirectory } from './directories.ts'
import { entryDetails } from './entry-details.ts'
import type { OpenFolder } from './folder-opener.ts'

type LookupOperations = Pick<Backend, 'entryDetails' | 'ignoreRules' | 'setIgnoreRules' | 'previewIgnore' | 'directory'>

/** What somebody looks up of one entry or place, and sets up by hand. */
export function lookupOperations(context: BackendContext): LookupOperations {
  const { registry } = context
  const previews = new Latest()
  return {
    async entryDetails({ folder, path }) {
      const found = registry.find(folder)
      opened(found)
      return entryDetails(context, found, path, await folderProblems(context, found))
    },
    ignoreRules: async ({ folder }, signal) => ({ text: await rulesOf(registry.find(folder), signal) }),
    async setIgnoreRules({ folder, text, expected }, signal) {
      const found = registry.find(folder)
      const { actions } = opened(found)
      if (expected !== undefined && expected !== (await rulesOf(found, signal)))
        throw new HoldfastError(
          'conflict',
          `${IGNORE_FILE} in ${found.stored.name} was changed meanwhile, here or on another device`,
          {
            reason: 'rules-changed',
            values: { folder: found.stored.name },
            hint: 'look at what it says now, and make the change in that',
          },
        )
      if (text !== '') await actions.put(IGNORE_FILE, { kind: 'file', content: one(text) }, signal)
      else if ((await rulesOf(found, signal)) !== '') await actions.remove(IGNORE_FILE, { recursive: false }, signal)
      return { text }
    },
    async previewIgnore({ folder, text, limit }, ending) {
      const { disk, stored } = registry.find(folder)
      const bytes = Buffer.from(text)
      const signal = AbortSignal.any([ending, previews.begin(stored.id)])
      const compared = (await disk?.compareRules(bytes, { limit, signal })) ?? {
        ignored: 0,
        newlyIgnored: [],
        noLonger: [],
        faults: ignoreFaults(bytes),
      }
      return { ...compared, faults: compared.faults.map(({ number: line, text: message }) => ({ line, message })) }
    },
    directory: ({ path }) =>
      listDirectory(
        path,
        registry.folders.flatMap(({ stored }) => (stored.path === null ? [] : [{ name: stored.name, path: stored.path }])),
      ),
  }
}

/** Whatever goes through a whole disk is done once at a time of each folder: who asks anew wants no answer to the last question. */
class Latest {
  readonly #latest = new Map<FolderId, AbortController>()

  /** Aborts what was begun last. */
  begin(folder: FolderId): AbortSignal {
    const other = 'what other rules would do is looked into for somebody else now'
    this.#latest.get(folder)?.abort(new HoldfastError('blocked', other, { reason: 'asked-anew', hint: 'ask again in a moment' }))
    const controller = new AbortController()
    this.#latest.set(folder, controller)
    return controller.signal
  }
}

/** Those in force here; of a folder without a place on this disk those of the others. */
async function rulesOf(folder: OpenFolder, signal: AbortSignal): Promise<string> {
  const { disk } = folder
  if (disk !== null) return asText(folder, await disk.ignoreFile())
  opened(folder)
  const past = pastOf(folder)
  const now = await past.current(IGNORE_FILE).catch(() => null)
  if (now?.version.kind !== 'file') return ''
  const pieces: Uint8Array[] = []
  for await (const piece of past.read(now.version, signal)) pieces.push(piece)
  return asText(folder, Buffer.concat(pieces))
}

/** What is read with replaced characters would be written so. A mark of the byte order stays, as it is part of what was made from it. */
function asText({ stored }: OpenFolder, bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch (cause) {
    throw new HoldfastError('unsupported', `${IGNORE_FILE} in ${stored.name} is not UTF-8, and cannot be edited here`, {
      reason: 'rules-not-text',
      values: { folder: stored.name },
      hint: 'save it as UTF-8 in an editor, then open it here again',
      cause,
    })
  }
}

async function* one(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text)
}
