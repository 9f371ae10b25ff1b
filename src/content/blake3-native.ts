import { ownModule } from '#base'
import type { Blake3 } from './blake3-portable.ts'

/** The part of `@napi-rs/blake-hash` in use here. It takes any view, of WASM memory too, and copies nothing. */
interface Binding {
  Blake3Hasher: { new (): Hasher; newKeyed(key: Buffer): Hasher }
}
interface Hasher {
  reset(): void
  update(bytes: Uint8Array): unknown
  digest(format: 'hex'): string
}

/** BLAKE3 by a native module; undefined where it cannot be loaded, as where it has no binary for this platform, which `failed` is told. */
export function nativeBlake3(failed: (cause: unknown) => void = () => undefined): Blake3 | undefined {
  let binding: Binding
  try {
    binding = ownModule('@napi-rs/blake-hash') as Binding
  } catch (error) {
    failed(error)
    return undefined
  }
  const { Blake3Hasher } = binding
  return {
    keyed(key) {
      const hasher = Blake3Hasher.newKeyed(Buffer.from(key))
      return (bytes) => digest(hasher, bytes)
    },
    hex: (bytes) => digest(new Blake3Hasher(), bytes),
  }
}

function digest(hasher: Hasher, bytes: Uint8Array): string {
  hasher.reset()
  hasher.update(bytes)
  return hasher.digest('hex')
}
