const SAMPLES = 4
const SAMPLE_BYTES = 2048

/**
 * Shannon entropy of single bytes in bits, 0 to 8, over at most 8 KiB taken evenly from `bytes`: text has 4 to 5, what is packed
 * or encrypted nearly 8. Of fewer than some hundred bytes it says little: there it stays below log2(length).
 */
export function entropy(bytes: Uint8Array): number {
  const counts = new Uint32Array(256)
  const whole = bytes.length <= SAMPLES * SAMPLE_BYTES
  const length = whole ? bytes.length : SAMPLE_BYTES
  const step = whole ? 0 : Math.floor((bytes.length - SAMPLE_BYTES) / (SAMPLES - 1))
  for (let sample = 0; sample < (whole ? 1 : SAMPLES); sample++)
    for (let at = sample * step; at < sample * step + length; at++) counts[bytes[at]!]!++
  const total = whole ? length : SAMPLES * length
  let bits = 0
  for (const count of counts) if (count > 0) bits -= (count / total) * Math.log2(count / total)
  return bits
}
