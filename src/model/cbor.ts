import { HoldfastError } from '#base'

// The part of DAG-CBOR (https://ipld.io/specs/codecs/dag-cbor/spec/, RFC 8949) that records and batches are made of: integers,
// bytes, text, arrays and booleans. A general codec spends ten times as long on a record, of which a folder has millions.

const UNSIGNED = 0
const NEGATIVE = 1
const BYTES = 2
const TEXT = 3
const ARRAY = 4
const FALSE = 0xf4
const TRUE = 0xf5
/** Below it a number is part of the head's first byte; then follow 1, 2, 4 or 8 bytes of it. */
const INLINE = 24
/** 8 bytes follow. */
const WIDE = 27
const UINT32 = 2 ** 32
const MAX_SAFE = BigInt(Number.MAX_SAFE_INTEGER)
/** Bytes of the longest head. */
const HEAD = 9

/** Writes one value after another into a buffer that is kept for the next. */
export class CborWriter {
  #bytes = Buffer.allocUnsafeSlow(4096)
  #at = 0

  array(count: number): void {
    this.#head(ARRAY, count)
  }

  /** A safe integer. */
  integer(value: number): void {
    if (value < 0) this.#head(NEGATIVE, -1 - value)
    else this.#head(UNSIGNED, value)
  }

  /** An integer below 2^63 in size that a double holds exactly. */
  wideInteger(value: number): void {
    if (Number.isSafeInteger(value)) return this.integer(value)
    const whole = BigInt(value)
    this.#reserve(HEAD)
    this.#bytes[this.#at++] = ((whole < 0n ? NEGATIVE : UNSIGNED) << 5) | WIDE
    this.#at = this.#bytes.writeBigUInt64BE(whole < 0n ? -1n - whole : whole, this.#at)
  }

  bytes(value: Uint8Array): void {
    this.#head(BYTES, value.length)
    this.#reserve(value.length)
    this.#bytes.set(value, this.#at)
    this.#at += value.length
  }

  text(value: string): void {
    const length = Buffer.byteLength(value)
    this.#head(TEXT, length)
    this.#reserve(length)
    this.#at += this.#bytes.write(value, this.#at)
  }

  boolean(value: boolean): void {
    this.#reserve(1)
    this.#bytes[this.#at++] = value ? TRUE : FALSE
  }

  /** What was written since the last call, as bytes of its own. */
  take(): Uint8Array {
    const taken = new Uint8Array(this.#at)
    taken.set(this.#bytes.subarray(0, this.#at))
    this.#at = 0
    return taken
  }

  #head(type: number, value: number): void {
    this.#reserve(HEAD)
    const bytes = this.#bytes
    const major = type << 5
    if (value < INLINE) bytes[this.#at++] = major | value
    else if (value < 0x100) {
      bytes[this.#at++] = major | 24
      bytes[this.#at++] = value
    } else if (value < 0x10000) {
      bytes[this.#at++] = major | 25
      this.#at = bytes.writeUInt16BE(value, this.#at)
    } else if (value < UINT32) {
      bytes[this.#at++] = major | 26
      this.#at = bytes.writeUInt32BE(value, this.#at)
    } else {
      bytes[this.#at++] = major | WIDE
      this.#at = bytes.writeUInt32BE(Math.floor(value / UINT32), this.#at)
      this.#at = bytes.writeUInt32BE(value % UINT32, this.#at)
    }
  }

  #reserve(more: number): void {
    if (this.#at + more <= this.#bytes.length) return
    const larger = Buffer.allocUnsafeSlow(Math.max(2 * this.#bytes.length, this.#at + more))
    larger.set(this.#bytes)
    this.#bytes = larger
  }
}

/**
 * Reads values one after another, each in its only proper encoding: what is read, written again, gives the same bytes. Throws
 * `corrupt` for everything else.
 */
export class CborReader {
  readonly #bytes: Buffer
  #at = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  }

  /** The number of values that follow as the array's. */
  array(): number {
    return this.#head(ARRAY)
  }

  integer(): number {
    const type = (this.#bytes[this.#at] ?? 0xff) >> 5
    if (type === NEGATIVE) return checked(-1 - this.#head(NEGATIVE))
    return this.#head(UNSIGNED)
  }

  /** See `CborWriter.wideInteger`. */
  wideInteger(): number {
    const first = this.#bytes[this.#at] ?? 0xff
    if (first !== ((UNSIGNED << 5) | WIDE) && first !== ((NEGATIVE << 5) | WIDE)) return this.integer()
    if (this.#at + HEAD > this.#bytes.length) throw corrupt()
    const size = this.#bytes.readBigUInt64BE(this.#at + 1)
    if (size <= MAX_SAFE) return this.integer()
    this.#at += HEAD
    const whole = first >> 5 === NEGATIVE ? -1n - size : size
    const value = Number(whole)
    if (size >= 2n ** 63n || Number.isSafeInteger(value) || BigInt(value) !== whole) throw corrupt()
    return value
  }

  /** A copy. */
  bytes(): Uint8Array {
    return this.#part(BYTES).slice()
  }

  /** A view into what is read. */
  view(): Uint8Array {
    return this.#part(BYTES)
  }

  text(): string {
    const from = this.#skip(TEXT)
    const text = this.#bytes.toString('utf8', from, this.#at)
    // What is no UTF-8 comes out as U+FFFD, which may also be there by right.
    if (text.includes('\ufffd') && !Buffer.from(text).equals(this.#bytes.subarray(from, this.#at))) throw corrupt()
    return text
  }

  boolean(): boolean {
    const byte = this.#bytes[this.#at++]
    if (byte !== TRUE && byte !== FALSE) throw corrupt()
    return byte === TRUE
  }

  /** True when the next value is an array. */
  get isArray(): boolean {
    return (this.#bytes[this.#at] ?? 0xff) >> 5 === ARRAY
  }

  /** Where the next value begins. */
  get at(): number {
    return this.#at
  }

  /** Goes past so many values, whatever they are. */
  skip(count: number): void {
    for (let left = count; left > 0; left--) this.#skipOne()
  }

  /** Throws unless all was read. */
  end(): void {
    if (this.#at !== this.#bytes.length) throw corrupt()
  }

  #skipOne(): void {
    const first = this.#bytes[this.#at] ?? 0xff
    const type = first >> 5
    if (type === BYTES || type === TEXT) this.#skip(type)
    else if (type === ARRAY) this.skip(this.#head(ARRAY))
    else if (type !== UNSIGNED && type !== NEGATIVE) this.boolean()
    else if ((first & 31) === WIDE) this.wideInteger()
    else this.#head(type)
  }

  #part(type: number): Uint8Array {
    const from = this.#skip(type)
    return new Uint8Array(this.#bytes.buffer, this.#bytes.byteOffset + from, this.#at - from)
  }

  /** Goes to the end of a string of bytes or text; returns where it begins. */
  #skip(type: number): number {
    const length = this.#head(type)
    const from = this.#at
    if (length > this.#bytes.length - from) throw corrupt()
    this.#at = from + length
    return from
  }

  #head(type: number): number {
    const bytes = this.#bytes
    const first = bytes[this.#at++]
    if (first === undefined || first >> 5 !== type) throw corrupt()
    const size = first & 31
    if (size < INLINE) return size
    if (size > WIDE) throw corrupt()
    const length = 1 << (size - INLINE)
    const at = this.#at
    if (at + length > bytes.length) throw corrupt()
    this.#at = at + length
    if (size === 24) return least(bytes[at]!, INLINE)
    if (size === 25) return least(bytes.readUInt16BE(at), 0x100)
    if (size === 26) return least(bytes.readUInt32BE(at), 0x10000)
    return least(checked(bytes.readUInt32BE(at) * UINT32 + bytes.readUInt32BE(at + 4)), UINT32)
  }
}

/** A number in more bytes than it needs is not written in the proper way. */
function least(value: number, bound: number): number {
  if (value < bound) throw corrupt()
  return value
}

function checked(value: number): number {
  if (!Number.isSafeInteger(value)) throw corrupt()
  return value
}

function corrupt(): HoldfastError {
  return new HoldfastError('corrupt', 'not deterministic CBOR of the expected kind')
}
