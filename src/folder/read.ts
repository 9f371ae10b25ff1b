import { chunkNamer, MAX_CHUNK_LENGTH, type FolderKeys } from '#content'
import { pathFault, toHex } from '#model'
import type { OpenFile } from './filesystem.ts'
import type { ReadPiece } from './folder-disk.ts'
import { ARCHIVE, type Tree } from './tree.ts'

const IN_ARCHIVE = `${ARCHIVE}/`

/** Reads chunks; null where the file is not there, cannot be read, or holds something else by now. */
export function readPieces(
  tree: Tree,
  pieces: readonly ReadPiece[],
  keys: FolderKeys,
  into: readonly (ArrayBuffer | null)[] = [],
): (Uint8Array | null)[] {
  const source = new Source(tree, keys)
  try {
    return pieces.map(({ id, path, offset, length }, at) => source.read(toHex(id), path, offset, length, into[at] ?? null))
  } finally {
    source.close()
  }
}

/** Reads verified chunks out of the folder's files, and of those in its archive; keeps the last file open, because the next chunk often lies in it. */
export class Source {
  readonly #tree: Tree
  readonly #name: (bytes: Uint8Array) => string
  #path: string | undefined
  #over: ArrayBuffer | undefined
  #file: OpenFile | undefined

  constructor(tree: Tree, keys: FolderKeys) {
    this.#tree = tree
    this.#name = chunkNamer(keys.idKey)
  }

  /** `id` in hex. */
  read(id: string, path: string, offset: number, length: number, into: ArrayBuffer | null = null): Uint8Array | null {
    if (!(length >= 0 && length <= MAX_CHUNK_LENGTH && offset >= 0)) return null
    try {
      const bytes = into === null ? new Uint8Array(length) : new Uint8Array(into, 0, length)
      const count = this.#tree.fs.read(this.#open(path), bytes, offset)
      return count === length && this.#name(bytes) === id ? bytes : null
    } catch {
      return null
    }
  }

  /** The same, over what was read so before. */
  readOver(id: string, path: string, offset: number, length: number): Uint8Array | null {
    this.#over ??= new ArrayBuffer(MAX_CHUNK_LENGTH)
    return this.read(id, path, offset, length, this.#over)
  }

  close(): void {
    if (this.#file !== undefined) this.#tree.fs.close(this.#file)
    this.#file = undefined
    this.#path = undefined
  }

  #open(path: string): OpenFile {
    if (this.#path === path && this.#file !== undefined) return this.#file
    this.close()
    const fault = sourceFault(path)
    if (fault !== undefined) throw new Error(fault)
    const { dir, name } = this.#tree.place(path)
    this.#file = this.#tree.fs.open(dir, name, 'read')
    this.#path = path
    return this.#file
  }
}

/** Why content is not to be read at `path`, or undefined when it may: what a record may carry, and what is in the archive. */
export function sourceFault(path: string): string | undefined {
  return pathFault(path.startsWith(IN_ARCHIVE) ? path.slice(IN_ARCHIVE.length) : path)
}
