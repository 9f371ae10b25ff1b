import * as z from 'zod'
import { operation } from './operation.ts'
import { NoteValues } from './words.ts'

const absolute = z.string().min(1).describe('An absolute path on this device')
const passphrase = z.string().max(1024).nullable().default(null).describe('Of the file')
const notes = z
  .array(z.object({ message: z.string(), hint: z.string(), values: NoteValues.optional() }))
  .describe('What is still to be done, or to be known')

/** Recovery kits: what brings the folders back when all members are gone. */
export const recoveryOperations = {
  exportRecovery: operation(
    'POST',
    '/recovery/export',
    'recovery export',
    'Makes a recovery kit, as a file that is sealed with a passphrase, as words, or both. Keys of later folders are for it, too',
    z.strictObject({
      file: absolute.nullable().default(null).describe('Where nothing is; null: words only'),
      passphrase,
      words: z.boolean().default(false).describe('Answer the kit as words, which need no passphrase'),
    }),
    z.object({
      folders: z.array(z.object({ id: z.string(), name: z.string() })).describe('Which the kit opens'),
      device: z.string().describe('The id of the kit in the group'),
      name: z.string().describe('What it is called there: what `devices remove` takes'),
      file: z.string().nullable(),
      words: z.array(z.string()).nullable(),
      addresses: z
        .array(z.string())
        .describe(
          'Where other devices of the group say that they listen, storage devices first; of one that is away, where it was last: a file has them, words have not',
        ),
      notes,
    }),
  ),
  restoreRecovery: operation(
    'POST',
    '/recovery/restore',
    'recovery restore',
    'Brings this device, which has no folders and is in no group with others, into the group of a recovery kit, and takes part in its folders',
    z.strictObject({
      file: absolute.nullable().default(null),
      passphrase,
      words: z.string().max(4096).nullable().default(null).describe('In place of the file'),
      addresses: z.array(z.string().max(1024)).max(16).default([]).describe('Multiaddrs at which a device of the group may be'),
      to: absolute.nullable().default(null).describe('The directory in which each folder gets its place; null: online-only'),
    }),
    z.object({
      folders: z.array(z.object({ id: z.string(), name: z.string(), path: z.string().nullable() })),
      group: z.string(),
      notes,
    }),
  ),
} as const
