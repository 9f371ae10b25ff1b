import { packChunks, parentPath, type ChunkId, type DeviceId, type Version, type VersionId } from '#model'
import type { ShownEntry, TodoRow } from '#db'

/** Two devices that exist nowhere. */
export const ANNA = '12D3KooWQWwYwYoAqs9j4rc4J8rB1Jqmk8Mnq2efhxWpckJ1NyCr' as DeviceId
export const BEN = '12D3KooWBHtJvHXeKLBbkSVQPXnZy43ru2nvrKbHsWoLjGfpnSkJ' as DeviceId

let serial = 0

/** A file's version with content named by one letter; anything else can be overridden. */
export function version(path: string, letter: string, fields: Partial<Version> = {}): Version {
  serial++
  const chunks = packChunks([{ id: letter.repeat(64) as ChunkId, length: 10 }])
  const author = fields.author ?? ANNA
  return {
    path,
    kind: 'file',
    mode: 0o644,
    mtime: 1_700_000_000_000_000,
    size: 10,
    vector: [[author, serial]],
    hlc: 1_700_000_000_000 * 1024 + serial,
    chunker: 0,
    chunks,
    manifest: false,
    target: '',
    author,
    epoch: 1,
    seq: serial,
    id: serial.toString(16).padStart(32, '0') as VersionId,
    ...fields,
  }
}

const NO_CONTENT = { size: 0, chunks: new Uint8Array(0) }

export function directory(path: string, fields: Partial<Version> = {}): Version {
  return version(path, 'd', { kind: 'directory', mode: 0o755, mtime: 0, ...NO_CONTENT, ...fields })
}

export function tombstone(path: string, fields: Partial<Version> = {}): Version {
  return version(path, 'd', { kind: 'tombstone', mode: 0, mtime: 0, ...NO_CONTENT, ...fields })
}

export function symlink(path: string, target: string, fields: Partial<Version> = {}): Version {
  return version(path, 'd', { kind: 'symlink', mode: 0, target, ...NO_CONTENT, ...fields })
}

/** What the disk shows when it shows `of` at `path`. */
export function shown(of: Version, path: string = of.path): ShownEntry {
  if (of.kind === 'tombstone') throw new TypeError('a tombstone is not shown')
  return {
    path,
    kind: of.kind,
    stat: { size: of.size, mtimeMs: of.mtime / 1000, ctimeMs: 1, ino: serial, mode: of.mode },
    version: { id: of.id, path: of.path, vector: of.vector, hlc: of.hlc },
    chunker: of.chunker,
    chunks: of.chunks,
    size: of.size,
  }
}

export function row(path: string, heads: Version[], fields: Partial<TodoRow> = {}): TodoRow {
  return {
    path,
    heads,
    shown: [],
    directory: parentPath(path),
    below: false,
    movable: null,
    movedFrom: null,
    twin: null,
    revision: 1,
    ...fields,
  }
}
