import * as z from 'zod'
import { Count } from './words.ts'

/** Permission bits: 0o644 is 420. */
export const Mode = z.int().min(0).max(0o777)
/** Microseconds since 1970. */
export const Microseconds = z.int()

/** An entry with what a copy of it needs. */
export const TreeItem = z
  .object({
    path: z.string().describe('Relative to the folder, with /'),
    kind: z.enum(['file', 'directory', 'symlink']),
    size: Count,
    mode: Mode.describe('Permission bits; 0 for symlinks'),
    mtime: Microseconds.describe('Microseconds since 1970; 0 for directories, which have no time that is carried'),
    version: z.string().describe("The version's id: 32 hex digits"),
    target: z.string().describe('Where a symlink leads; empty but for symlinks'),
  })
  .meta({ id: 'TreeItem' })
export type TreeItem = z.infer<typeof TreeItem>

/** What was put into a folder. */
export const Written = z
  .object({
    path: z.string().describe('Relative to the folder, with /'),
    version: z.string().nullable().describe("The version's id; null for a directory that no record describes"),
    replaced: z
      .string()
      .nullable()
      .optional()
      .describe(
        'The version that it took the place of, the same one where nothing changed; null: nothing was there; left out where that is not known',
      ),
    bytes: Count,
  })
  .meta({ id: 'Written' })
export type Written = z.infer<typeof Written>
