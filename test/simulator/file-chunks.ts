import { ContentHasher, readBytes, type ChunkerId, type FolderKeys } from '#content'
import { baseName, OWN_DIRECTORY, parentPath, type ChunkId } from '#model'
import type { ContentKey } from './contents.ts'
import { chunksIn } from './ledger.ts'
import { look, readFile, within, type Tree } from './look.ts'
import { ROOT, type SimDevice } from './sim-device.ts'

const CHUNKERS: readonly ChunkerId[] = [0, 1, 2, 3]

/** What chunks files consist of, whichever way they are cut; each content is cut once. */
export class FileChunks {
  readonly #keys: FolderKeys
  readonly #hasher = new ContentHasher()
  readonly #known = new Map<ContentKey, ReadonlySet<ChunkId>>()

  constructor(keys: FolderKeys) {
    this.#keys = keys
  }

  /** Somebody writes it into a file. */
  note(content: ContentKey, bytes: Uint8Array): void {
    if (!this.#known.has(content)) this.#known.set(content, this.#cut(bytes))
  }

  /** Of a content that was in a file once; none where it was not. */
  of(content: ContentKey): ReadonlySet<ChunkId> {
    return this.#known.get(content) ?? new Set()
  }

  /** All that are in the files of a device's tree and of its archive. */
  on({ disk, missing, reverted }: SimDevice): Set<ChunkId> {
    const found = new Set<ChunkId>()
    if (missing === 'root') return found
    const add = (tree: Tree, isOwn: boolean): void => {
      for (const [path, { kind, content }] of tree) {
        if (kind !== 'file' || content === null) continue
        if (isOwn && (!path.startsWith(`${OWN_DIRECTORY}/archive/`) || reverted.has(path))) continue
        if (!this.#known.has(content)) {
          const read = (): Uint8Array =>
            within(disk.raw, ROOT, parentPath(path), (dir) => readFile(disk.raw, dir, baseName(path)))
          this.#known.set(content, this.#cut(read()))
        }
        for (const chunk of this.#known.get(content)!) found.add(chunk)
      }
    }
    add(look(disk.raw, ROOT), false)
    add(look(disk.raw, ROOT, true), true)
    return found
  }

  #cut(bytes: Uint8Array): Set<ChunkId> {
    return new Set(CHUNKERS.flatMap((chunker) => chunksIn(this.#hasher.hash(readBytes(bytes), this.#keys, chunker).chunks)))
  }
}
