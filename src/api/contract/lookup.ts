import * as z from 'zod'
import { ListItem, Problem } from './folders.ts'
import { Values } from './words.ts'

/** All that is known of one entry: what it is, and why it is not, or not everywhere, what it should be. */
export const EntryDetails = z
  .object({
    item: ListItem.nullable().describe('As `list` has it; null where nothing is known at that path'),
    reasonCode: z
      .enum([
        'synced',
        'to-come',
        'to-come-elsewhere',
        'away',
        'problem',
        'ignored',
        'conflict',
        'local-edit',
        'deleted',
        'paused',
        'unknown',
      ])
      .describe('The first that holds of why it is not the same everywhere; `synced` where it is, as far as is known'),
    message: z.string(),
    hint: z.string().nullable().describe('What to do; null where nothing is to be done'),
    values: Values.optional().describe('What goes with the code; left out where nothing does'),
    problem: Problem.nullable(),
    devices: z
      .array(
        z.object({
          device: z.string(),
          name: z.string(),
          connected: z.boolean(),
          has: z.enum(['yes', 'no', 'unknown']).describe('Its newest version, as far as is known here'),
        }),
      )
      .describe('The devices that take part in the folder, this one first'),
  })
  .meta({ id: 'EntryDetails' })
export type EntryDetails = z.infer<typeof EntryDetails>

/** The ignore rules of a folder, `.holdfastignore` in its root. */
export const IgnoreRules = z
  .object({ text: z.string().describe('In the syntax of .gitignore; empty where there is no such file') })
  .meta({ id: 'IgnoreRules' })
export type IgnoreRules = z.infer<typeof IgnoreRules>

const paths = z.array(z.string()).describe('Of a long list the beginning')

/** What ignore rules would do. */
export const IgnorePreview = z
  .object({
    ignored: z
      .int()
      .min(0)
      .describe('Entries on this disk that they ignore; an ignored directory counts as one, whatever is in it'),
    newlyIgnored: paths.describe('Those that sync now; they stay where they are on each device'),
    noLonger: paths.describe('Those on this disk that are ignored now, and would sync'),
    faults: z.array(z.object({ line: z.int().min(1), message: z.string() })).describe('Lines that say nothing'),
  })
  .meta({ id: 'IgnorePreview' })
export type IgnorePreview = z.infer<typeof IgnorePreview>

/** A directory of this device, to choose a folder's place. */
export const Directory = z
  .object({
    path: z.string().describe('Absolute'),
    parent: z.string().nullable().describe('null for a root'),
    directories: z
      .array(z.object({ name: z.string(), path: z.string(), shared: z.string().nullable().describe('The folder that is there') }))
      .describe('Those in it that this user can open, but for hidden ones, by name'),
    more: z.boolean().describe('There are more than are listed'),
  })
  .meta({ id: 'Directory' })
export type Directory = z.infer<typeof Directory>
