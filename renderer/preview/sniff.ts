/** What a file's first bytes say that it is; its name says nothing. */
export type Sniffed = { kind: 'image' | 'video' | 'audio'; type: string } | { kind: 'text' } | { kind: 'other' }

/** Where nothing else is known: enough of a file to tell whether it is text. */
const LOOKED = 64 * 1024

const MAGIC: readonly (readonly [kind: 'image' | 'video' | 'audio', type: string, at: number, bytes: string])[] = [
  ['image', 'image/png', 0, '\x89PNG\r\n\x1a\n'],
  ['image', 'image/jpeg', 0, '\xff\xd8\xff'],
  ['image', 'image/gif', 0, 'GIF87a'],
  ['image', 'image/gif', 0, 'GIF89a'],
  ['image', 'image/webp', 8, 'WEBP'],
  ['image', 'image/avif', 4, 'ftypavif'],
  ['image', 'image/bmp', 0, 'BM'],
  ['image', 'image/x-icon', 0, '\0\0\x01\0'],
  ['audio', 'audio/wav', 8, 'WAVE'],
  ['audio', 'audio/mpeg', 0, 'ID3'],
  ['audio', 'audio/flac', 0, 'fLaC'],
  ['audio', 'audio/ogg', 0, 'OggS'],
  ['audio', 'audio/mp4', 4, 'ftypM4A'],
  ['video', 'video/mp4', 4, 'ftypisom'],
  ['video', 'video/mp4', 4, 'ftypmp4'],
  ['video', 'video/mp4', 4, 'ftypavc'],
  ['video', 'video/webm', 0, '\x1aE\xdf\xa3'],
]

/**
 * Only pictures made of dots, sound and film have a type that a browser shows by itself: markup (HTML, SVG) is text, whatever its name.
 * `whole`: these are all of its bytes.
 */
export function sniff(bytes: Uint8Array, whole: boolean): Sniffed {
  const found = MAGIC.find(([, , at, magic]) => Array.from(magic).every((letter, n) => bytes[at + n] === letter.charCodeAt(0)))
  // BM begins words as well.
  if (found !== undefined && !(found[1] === 'image/bmp' && isText(bytes, whole))) return { kind: found[0], type: found[1] }
  return isText(bytes, whole) ? { kind: 'text' } : { kind: 'other' }
}

function isText(bytes: Uint8Array, whole: boolean): boolean {
  const looked = bytes.subarray(0, LOOKED)
  return !looked.includes(0) && textOf(looked, whole && looked.length === bytes.length) !== null
}

/** Bytes as UTF-8, or null where they are not; of the beginning of a text a character may be cut through. */
export function textOf(bytes: Uint8Array, whole: boolean): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: !whole })
  } catch {
    return null
  }
}
