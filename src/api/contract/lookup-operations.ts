import * as z from 'zod'
import { ListItem } from './folders.ts'
import { Directory, EntryDetails, IgnorePreview, IgnoreRules } from './lookup.ts'
import { operation } from './operation.ts'
import { FolderRef } from './words.ts'

/** A query carries text only. */
const flag = z.union([z.boolean(), z.stringbool()])
const text = z.string().max(1_000_000)

/** What somebody looks for, and sets up by hand. */
export const lookupOperations = {
  search: operation(
    'GET',
    '/search',
    null,
    'Entries whose path has all words of `query` in it, whatever their case; by how near the name is to the query, then by path',
    z.strictObject({
      query: z.string().trim().min(1).max(200),
      folder: FolderRef.optional().describe('Left out: all folders of this device'),
      deleted: flag.default(false).describe('Those that were deleted, too'),
      limit: z.coerce.number<number>().int().min(1).max(500).default(50),
    }),
    z.object({ items: z.array(ListItem), more: z.boolean().describe('There are more than are listed') }),
  ),
  entryDetails: operation(
    'GET',
    '/entry',
    null,
    'All that is known of one entry: what it is, who has it, and why it is not the same everywhere',
    z.strictObject({ folder: FolderRef, path: z.string().min(1).describe('Relative to the folder, with /') }),
    EntryDetails,
  ),
  ignoreRules: operation(
    'GET',
    '/folders/:folder/ignore',
    null,
    'What is ignored',
    z.strictObject({ folder: FolderRef }),
    IgnoreRules,
  ),
  setIgnoreRules: operation(
    'PUT',
    '/folders/:folder/ignore',
    null,
    'Writes `.holdfastignore`, for all devices of the folder; empty: deletes it. `conflict` where it is not as expected',
    z.strictObject({ folder: FolderRef, text, expected: text.optional().describe('The text that this one was made from') }),
    IgnoreRules,
  ),
  previewIgnore: operation(
    'POST',
    '/folders/:folder/ignore/preview',
    null,
    'What such rules would do; nothing is written',
    z.strictObject({ folder: FolderRef, text, limit: z.int().min(1).max(1000).default(100) }),
    IgnorePreview,
  ),
  directory: operation(
    'GET',
    '/directories',
    null,
    "A directory of this device; without a path the user's own",
    z.strictObject({ path: z.string().min(1).optional().describe('Absolute') }),
    Directory,
  ),
} as const
