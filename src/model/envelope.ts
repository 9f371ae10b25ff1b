import type { KeyObject } from 'node:crypto'
import { HoldfastError } from '#base'
import { CborReader, CborWriter } from './cbor.ts'
import type { DeviceId } from './ids.ts'
import { isSignatureOf, SIGNATURE_BYTES, signatureOf } from './signing.ts'

export interface EnvelopeInit {
  /** What messages call one: `a layout`. */
  name: string
  /** What a signature is for, so that it is good for nothing else. */
  context: string
  /** The newest format known, and the only one. */
  format: number
  /** Bytes of one at most. */
  maxBytes?: number
}

/**
 * How a device says something that others keep and pass on: DAG-CBOR of [header, Ed25519 signature over the context, a zero byte and the header].
 * The header is DAG-CBOR of [format, …].
 */
export class Envelope {
  readonly #init: EnvelopeInit
  readonly #context: Uint8Array

  constructor(init: EnvelopeInit) {
    this.#init = init
    this.#context = Buffer.from(`${init.context}\0`)
  }

  /** For a header of so many fields, of which it has written the first: its format. */
  writer(fields: number): CborWriter {
    const writer = new CborWriter()
    writer.array(fields)
    writer.integer(this.#init.format)
    return writer
  }

  /** Of a header of so many fields, past its format. Throws `corrupt`. */
  reader(header: Uint8Array, fields: number): CborReader {
    const reader = new CborReader(header)
    if (reader.array() !== fields) throw this.corrupt('has a wrong format')
    reader.skip(1)
    return reader
  }

  /** A header with its signature, as it is stored and sent. */
  sign(header: Uint8Array, key: KeyObject): Uint8Array {
    const writer = new CborWriter()
    writer.array(2)
    writer.bytes(header)
    writer.bytes(signatureOf(this.#context, header, key))
    return writer.take()
  }

  /** A copy of what was signed; by whom is not looked at. Throws `corrupt`, or `unsupported` for a newer format. */
  header(bytes: Uint8Array): Uint8Array {
    return this.#split(bytes).header
  }

  isSignedBy(bytes: Uint8Array, signer: DeviceId): boolean {
    const { header, signature } = this.#split(bytes)
    return isSignatureOf(signature, this.#context, header, signer)
  }

  /** The error for one that is not as it should be. */
  corrupt(what: string): HoldfastError {
    return new HoldfastError('corrupt', `${this.#init.name} ${what}`)
  }

  #split(bytes: Uint8Array): { header: Uint8Array; signature: Uint8Array } {
    if (bytes.length > (this.#init.maxBytes ?? Infinity)) throw this.corrupt(`has ${bytes.length} bytes`)
    const reader = new CborReader(bytes)
    if (reader.array() !== 2) throw this.corrupt('is not a header and a signature')
    const [header, signature] = [reader.bytes(), reader.bytes()]
    reader.end()
    // Before anything else is looked at that a newer one may have otherwise.
    this.#checkFormat(header)
    if (signature.length !== SIGNATURE_BYTES) throw this.corrupt('is not signed')
    return { header, signature }
  }

  #checkFormat(header: Uint8Array): void {
    const { name, format: known } = this.#init
    const reader = new CborReader(header)
    reader.array()
    const format = reader.integer()
    if (format < known) throw this.corrupt('has a wrong format')
    if (format > known)
      throw new HoldfastError('unsupported', `${name} of format ${format} needs a newer Holdfast`, { hint: 'update this device' })
  }
}
