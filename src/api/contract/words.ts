import * as z from 'zod'

/** A FOLDER: its name (unique on a device) or its id (26 characters, base32). */
export const FolderRef = z.string().min(1).max(255).describe("A folder's name or id")

/** A DEVICE: its name, its PeerId or the last eight characters of that. */
export const DeviceRef = z.string().min(1).max(255).describe("A device's name, PeerId or the last 8 characters of its PeerId")

/** A version's id, or its first digits. */
export const VersionRef = z
  .string()
  .regex(/^[0-9a-f]{1,32}$/)
  .describe("A version's id, or its first digits")

/** What a caller has seen at a path. */
export const ExpectedRef = z
  .string()
  .regex(/^([0-9a-f]{32})?$/)
  .describe(
    'The id of the version that is to be there, alone; empty: nothing is. Where that is not so `conflict`, and nothing is changed',
  )

/** What is named by the last record of each author that counts. */
export const MomentRef = z
  .string()
  .regex(/^\w+\.\d+\.\d+(,\w+\.\d+\.\d+)*$/)
  .describe('A moment of a folder, as an answer named it: no clock is needed to tell what came before it')

/** What a path was in a snapshot. */
export const SnapshotRef = z
  .string()
  .min(1)
  .max(255)
  .describe(
    'What it was in the snapshot of that name. With `at` as well that is a time which may be the name of one: where it is, both have to mean the same version',
  )

/** ISO 8601, UTC, ending in Z. */
export const Time = z.iso.datetime()

/** Bytes, or a number of things. */
export const Count = z.int().min(0)

/** A folder's name begins every TARGET (`FOLDER/path/in/it`), so it has no slash in it. */
export const FolderName = z
  .string()
  .trim()
  .min(1)
  .max(100)
  .regex(/^[^/\\\p{Cc}]+$/u, 'a name has no slash, backslash or control character in it')

/** What a device may do in a folder. */
export const Role = z.enum(['sync', 'send-only', 'receive-only', 'none'])

/** What a device is in the group: `storage` devices get no folder's key. */
export const DeviceRole = z.enum(['member', 'storage'])

/** The same, or `recovery`: a recovery kit, which is no device, but can be removed like one. */
export const GroupRole = z.enum([...DeviceRole.options, 'recovery'])

export const FolderState = z.enum(['idle', 'scanning', 'syncing', 'paused', 'blocked', 'held', 'offered', 'error'])
export type FolderState = z.infer<typeof FolderState>

export const EntryKind = z.enum(['file', 'directory', 'symlink', 'tombstone'])

/** Numbers and names that a sentence has, for those who tell it in other words, by its code. Times are ISO 8601. */
export const Values = z.record(z.string(), z.union([z.string(), z.number()]))

/** The same of a note. */
export const NoteValues = Values.describe('What goes with the sentence, and as `note` its code; left out where it has none')
