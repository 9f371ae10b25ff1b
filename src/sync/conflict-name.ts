import { baseName, hlcTime, parentPath, sha256, toHex, type VersionBody, type Version } from '#model'

const MAX_NAME_BYTES = 255

/**
 * Where a head that does not win shows: `stem.conflict-YYYYMMDD-HHMMSS-<device>-<content>.ext` beside its path, UTC, derived
 * from its own record alone, so that every device shows the same; with a `number` from 2 on another one, for when a path of
 * its own has the one before. The stem is cut so that the name has at most 255 bytes.
 */
export function conflictPath(version: Version, number = 1): string {
  const name = baseName(version.path)
  const dot = name.lastIndexOf('.')
  const [stem, ending] = dot > 0 ? [name.slice(0, dot), name.slice(dot)] : [name, '']
  const mark = `.conflict-${stamp(hlcTime(version.hlc))}-${version.author.slice(-8)}-${contentPrefix(version)}${number === 1 ? '' : `-${number}`}`
  const room = MAX_NAME_BYTES - Buffer.byteLength(mark)
  const kept = cut(ending, Math.min(room, 64))
  const directory = parentPath(version.path)
  const derived = cut(stem, room - Buffer.byteLength(kept)) + mark + kept
  return directory === '' ? derived : `${directory}/${derived}`
}

function stamp(ms: number): string {
  const iso = new Date(Math.min(Math.max(ms, 0), 8.64e15)).toISOString()
  return `${iso.slice(0, -14).replaceAll('-', '')}-${iso.slice(-13, -5).replaceAll(':', '')}`
}

function contentPrefix(version: VersionBody): string {
  return toHex(sha256(version.kind === 'symlink' ? Buffer.from(version.target) : version.chunks)).slice(0, 6)
}

/** The longest beginning of `text` of at most `bytes` bytes of UTF-8 that ends between two characters. */
function cut(text: string, bytes: number): string {
  let kept = ''
  let used = 0
  for (const character of text) {
    used += Buffer.byteLength(character)
    if (used > bytes) break
    kept += character
  }
  return kept
}
