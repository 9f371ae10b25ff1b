import type { ContentChunker } from './chunkers.ts'
import { FASTCDC_WASM } from './fastcdc-wasm.ts'
import { GEAR_LENGTH } from './keys.ts'

const PAGE = 65536

type Cut = (start: number, length: number, min: number, normal: number, max: number, strict: number, loose: number) => number

interface Exports {
  memory: { grow(pages: number): number; readonly buffer: ArrayBuffer }
  cut: Cut
}

/** As much of the global of that name as is in use: its types come with the DOM only, which is not for this side. */
interface WebAssemblyApi {
  Module: new (binary: Uint8Array) => object
  Instance: new (module: object) => { readonly exports: Exports }
}
const { Module, Instance } = (globalThis as unknown as { WebAssembly: WebAssemblyApi }).WebAssembly

/** Bits more before the normal length, bits fewer from there on ("normalisation level 2" of the paper). */
const NORMALISATION = 2

let compiled: object | undefined

/** Finds FastCDC cut points in a buffer of its own, in WASM memory, so that bytes are read straight into it. */
export class FastCdc {
  /** The bytes to cut. The view stays valid: the memory never grows. */
  readonly buffer: Uint8Array
  readonly #gear: Uint8Array
  readonly #cut: Cut

  /** `capacity` in bytes; memory is taken from the system only as far as it is written. */
  constructor(capacity: number) {
    compiled ??= new Module(Buffer.from(FASTCDC_WASM, 'base64'))
    const { memory, cut } = new Instance(compiled).exports
    memory.grow(Math.ceil(capacity / PAGE))
    this.buffer = new Uint8Array(memory.buffer, PAGE, capacity)
    this.#gear = new Uint8Array(memory.buffer, 0, GEAR_LENGTH)
    this.#cut = cut
  }

  use(gear: Uint8Array): void {
    this.#gear.set(gear)
  }

  /**
   * Length of the chunk that begins at `start` of the buffer, where `length` bytes are at hand. Unless the stream ends
   * with them, `length` must be at least `chunker.max`: so a cut never depends on how the bytes arrived.
   */
  cut(start: number, length: number, chunker: Readonly<ContentChunker>): number {
    const { min, normal, max, bits } = chunker
    return this.#cut(PAGE + start, length, min, normal, max, bits + NORMALISATION, bits - NORMALISATION)
  }
}
