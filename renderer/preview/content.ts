import { contentPath, getContent } from '#api/client'
import { transport } from '../live/api.ts'
import { sniff, textOf } from './sniff.ts'

/** A version of a file whose content is shown. */
export interface Shown {
  folder: string
  path: string
  version: string
  kind: 'file' | 'directory' | 'symlink' | 'tombstone'
  size: number
}

/** What there is to see. `cut`: it is the beginning only. The blob is of a raster type. */
export type Seen =
  | { kind: 'text'; text: string; cut: boolean }
  | { kind: 'image'; blob: Blob }
  | { kind: 'media'; sound: boolean; address: string }
  | { kind: 'nothing'; why: 'empty' | 'binary' | 'large' | 'no-file' }

/** Texts up to so many bytes are shown whole, of larger ones the beginning. */
export const WHOLE_TEXT = 1024 * 1024
export const CUT_TEXT = 256 * 1024
const MOST_IMAGE = 50 * 1024 * 1024

/** Reads as much of a version as is shown of it. Rejects as the client does. */
export async function see(shown: Shown, signal: AbortSignal): Promise<Seen> {
  const { kind, size } = shown
  if (kind !== 'file' && kind !== 'symlink') return { kind: 'nothing', why: 'no-file' }
  if (size === 0) return { kind: 'nothing', why: 'empty' }
  const first = Math.min(size, CUT_TEXT)
  const beginning = await read(shown, first, signal)
  const sniffed = sniff(beginning, first === size)
  switch (sniffed.kind) {
    case 'image':
      if (size > MOST_IMAGE) return { kind: 'nothing', why: 'large' }
      return {
        kind: 'image',
        blob: new Blob([first === size ? beginning : await read(shown, size, signal)], { type: sniffed.type }),
      }
    case 'audio':
    case 'video':
      return { kind: 'media', sound: sniffed.kind === 'audio', address: contentAddress(shown) }
    case 'text': {
      const isWhole = size <= WHOLE_TEXT
      const bytes = isWhole && first < size ? await read(shown, size, signal) : beginning
      const text = textOf(bytes, isWhole)
      return text === null ? { kind: 'nothing', why: 'binary' } : { kind: 'text', text, cut: !isWhole }
    }
    case 'other':
      return { kind: 'nothing', why: 'binary' }
  }
}

/** Where a browser gets a version's content from. */
export function contentAddress({ folder, path, version }: Omit<Shown, 'kind' | 'size'>): string {
  return `/api/v1${contentPath({ folder, path, version })}`
}

/** Rejects, with what is wrong, where a version's content cannot be had. */
export async function needContent(shown: Shown): Promise<void> {
  if (shown.size > 0) await read(shown, 1, new AbortController().signal)
}

async function read({ folder, path, version }: Shown, first: number, signal: AbortSignal): Promise<Uint8Array<ArrayBuffer>> {
  const { body } = await getContent(transport, { folder, path, version }, { signal, first })
  return new Uint8Array(await new Response(body).arrayBuffer())
}
