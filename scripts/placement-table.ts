// Prints what placement makes of equal and unequal disks, beside plain weighted rendezvous hashing (HRW) and XOR nearness.
// With `--write` it goes into docs/format/layout.md, where a test compares it.

import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { compare, table } from '../test/replication/comparison.ts'
import { retable } from '../test/replication/retable.ts'

const made = table(compare())
process.stdout.write(`${made}\n`)
if (process.argv.includes('--write')) {
  const path = join(import.meta.dirname, '../docs/format/layout.md')
  await writeFile(path, retable(await readFile(path, 'utf8'), made))
}
