import type { BlockTable } from './block-table.ts'
import type { Allowance } from './sealed-blocks.ts'

/** What may be taken yet, bytes. */
export function roomFor(table: Pick<BlockTable, 'sizes'>, allowance: Allowance | null): number {
  if (allowance === null) return Infinity
  const counted = table.sizes().filter(({ folder }) => !allowance.except.includes(folder))
  return counted.reduce((left, { bytes }) => left - bytes, allowance.bytes)
}
