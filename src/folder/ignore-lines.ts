import ignore from 'ignore'

const LINE_FEED = 0x0a
/** Characters; no path is longer. */
const MAX_PATTERN = 4096

/** A line by its number, from 1 on, with what is to be said of it. */
export interface Line {
  number: number
  text: string
}

/**
 * The patterns of an ignore file, and the lines that are none, with the reason. Each line is for itself: one that cannot be read takes no
 * other with it. `cut`: the file goes on, so its last line here is not whole, and may have another meaning than it was written for.
 */
export function linesOf(bytes: Uint8Array, { cut }: { cut: boolean }): { patterns: string[]; faults: Line[] } {
  const [patterns, faults]: [string[], Line[]] = [[], []]
  for (let [number, start] = [1, 0]; start < bytes.length; number++) {
    const at = bytes.indexOf(LINE_FEED, start)
    const line = readLine(bytes.subarray(start, at < 0 ? bytes.length : at), number === 1)
    const text =
      at < 0 && cut ? 'the file is too long, and it and all that follows is not read' : (line.fault ?? faultOf(line.pattern))
    if (text !== null) faults.push({ number, text })
    else if (line.pattern.trim() !== '' && !line.pattern.startsWith('#')) patterns.push(line.pattern)
    start = at < 0 ? bytes.length : at + 1
  }
  return { patterns, faults }
}

function readLine(bytes: Uint8Array, isFirst: boolean): { pattern: string; fault: string | null } {
  if (bytes.includes(0)) return { pattern: '', fault: 'it has a NUL character in it' }
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: !isFirst }).decode(bytes)
    return { pattern: text.replace(/\r$/, ''), fault: null }
  } catch {
    return { pattern: '', fault: 'it is not valid UTF-8' }
  }
}

/** Why a line is no pattern: such matches nothing, or not what its writer meant. */
function faultOf(line: string): string | null {
  if (line.startsWith('#')) return null
  if (line.length > MAX_PATTERN) return 'it is too long'
  // What is escaped stands for itself.
  const plain = line.replaceAll(/\\./gu, 'x')
  if (plain.endsWith('\\')) return 'the \\ at its end stands before nothing'
  if (plain.replaceAll(/\[[!^]?\]?[^\]]*\]/g, 'x').includes('[')) return 'its [ is never closed'
  if (/^!\/?$/.test(plain)) return 'it has nothing but a !'
  if (/^[\w\s./*-]*$/.test(line)) return null
  try {
    ignore({ ignorecase: false }).add(line).ignores('x')
    return null
  } catch {
    return 'it cannot be read as a pattern'
  }
}
