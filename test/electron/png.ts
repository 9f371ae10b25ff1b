import { inflateSync } from 'node:zlib'

export interface Pixels {
  width: number
  height: number
  /** Of the pixel in a column and a row: 0 to 255. */
  alpha(x: number, y: number): number
  /** Red, green and blue of all that can be seen at all. */
  colours: Set<string>
}

/** Reads a PNG of 8 bits and four channels, not interlaced (w3.org/TR/png-3). Throws for any other. */
export function readPng(png: Buffer): Pixels {
  if (png.subarray(0, 8).toString('latin1') !== '\x89PNG\r\n\x1a\n') throw new Error('this is no PNG')
  const [width, height] = [png.readUInt32BE(16), png.readUInt32BE(20)]
  if (png[24] !== 8 || png[25] !== 6 || png[28] !== 0) throw new Error('another kind of PNG')
  const parts: Buffer[] = []
  for (let at = 8; at < png.length; at += 12 + png.readUInt32BE(at)) {
    if (png.toString('latin1', at + 4, at + 8) === 'IDAT') parts.push(png.subarray(at + 8, at + 8 + png.readUInt32BE(at)))
  }
  const bytes = unfiltered(inflateSync(Buffer.concat(parts)), width * 4, height)
  const colours = new Set<string>()
  for (let at = 0; at < bytes.length; at += 4) {
    if (bytes[at + 3]! > 127) colours.add(bytes.subarray(at, at + 3).toString('hex'))
  }
  return { width, height, alpha: (x, y) => bytes[(y * width + x) * 4 + 3]!, colours }
}

function unfiltered(raw: Buffer, row: number, height: number): Buffer {
  const out = Buffer.alloc(row * height)
  for (let y = 0; y < height; y++) {
    const filter = raw[y * (row + 1)]
    for (let x = 0; x < row; x++) {
      const [left, up] = [x < 4 ? 0 : out[y * row + x - 4]!, y === 0 ? 0 : out[(y - 1) * row + x]!]
      const corner = x < 4 || y === 0 ? 0 : out[(y - 1) * row + x - 4]!
      const guess = [0, left, up, (left + up) >> 1, paeth(left, up, corner)][filter!]!
      out[y * row + x] = raw[y * (row + 1) + 1 + x]! + guess
    }
  }
  return out
}

function paeth(left: number, up: number, corner: number): number {
  const guess = left + up - corner
  const [a, b, c] = [Math.abs(guess - left), Math.abs(guess - up), Math.abs(guess - corner)]
  return a <= b && a <= c ? left : b <= c ? up : corner
}
