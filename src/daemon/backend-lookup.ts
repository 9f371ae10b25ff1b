import type { Backend } from '#api'
import { HoldfastError, KeyedQueue } from '#base'
import { IGNORE_FILE, ignoreFaults } from '#folder'
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
  /** Each goes through a whole disk: one at a time of each folder. Who types on has given its last question up. */
  const previews = new KeyedQueue()
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
      const needSame = async (): Promise<void> => {
        if (expected === undefined || expected === (await rulesOf(found, signal))) return
        throw new HoldfastError(
          'conflict',
          `${IGNORE_FILE} in ${found.stored.name} was changed meanwhile, here or on another device`,
          {
            reason: 'rules-changed',
            values: { folder: found.stored.name },
            hint: 'look at what it says now, and make the change in that',
          },
        )
      }
      await needSame()
      if (text !== '') await actions.put(IGNORE_FILE, { kind: 'file', content: one(text, needSame) }, signal)
      else if ((await rulesOf(found, signal)) !== '') await actions.remove(IGNORE_FILE, { recursive: false }, signal)
      return { text }
    },
    async previewIgnore({ folder, text, limit }, signal) {
      const { disk, stored } = registry.find(folder)
      const bytes = Buffer.from(text)
      const compared = (await previews.run(stored.id, async () => {
        signal.throwIfAborted()
        return await disk?.compareRules(bytes, { limit, signal })
      })) ?? {
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

/** Those in force here; of a folder without a place on this disk those of the others. */
async function rulesOf(folder: OpenFolder, signal: AbortSignal): Promise<string> {
  const { disk } = folder
  if (disk !== null) return asText(folder, await disk.ignoreFile())
  opened(folder)
  const past = pastOf(folder)
  const now = await past.current(IGNORE_FILE).catch((error: unknown) => {
    if (error instanceof HoldfastError && error.code === 'not-found') return null
    throw error
  })
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

/** `before` is awaited when all is on the disk, and only takes its place: what it throws, nothing is put for. */
async function* one(text: string, before: () => Promise<void>): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text)
  await before()
}
