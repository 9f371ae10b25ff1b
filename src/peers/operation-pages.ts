import type { Operation } from './operation.ts'

/** Bytes of operations that go into one message, but for what the last of them goes beyond it. */
const PAGE_BYTES = 512 * 1024

/** Operations as they are sent, in pages for a message each; none where there are none. */
export function operationPages(operations: readonly Operation[]): Uint8Array[][] {
  const pages: Uint8Array[][] = []
  let room = 0
  for (const { bytes } of operations) {
    if (room <= 0) {
      pages.push([])
      room = PAGE_BYTES
    }
    pages.at(-1)!.push(bytes)
    room -= bytes.length
  }
  return pages
}
