import { randomBytes } from 'node:crypto'

/** Randomness as a port, so that a simulated cluster can be replayed from its seed. */
export interface Random {
  bytes(count: number): Uint8Array
  /** A number in [0, 1). */
  fraction(): number
}

export const systemRandom: Random = {
  bytes: (count) => new Uint8Array(randomBytes(count)),
  fraction: () => randomBytes(4).readUInt32LE() / 2 ** 32,
}

/** A reproducible generator (SplitMix32, Steele et al. 2014); not for keys. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0
  const next = (): number => {
    state = (state + 0x9e3779b9) >>> 0
    let z = state
    z = Math.imul(z ^ (z >>> 16), 0x21f0aaad)
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97)
    return (z ^ (z >>> 15)) >>> 0
  }
  return {
    bytes(count) {
      const out = new Uint8Array(count)
      for (let i = 0; i < count; i++) out[i] = next() & 0xff
      return out
    },
    fraction: () => next() / 2 ** 32,
  }
}
