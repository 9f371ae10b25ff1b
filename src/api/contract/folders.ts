import * as z from 'zod'
import { Count, EntryKind, FolderState, Role, Time, Values } from './words.ts'

const id = z.string().describe("The folder's id: 26 characters, base32")
const folder = z.string().describe("The folder's name on this device")
const name = z.string().describe('Of one that is offered, and whose key has not come yet, the beginning of its id')
const path = z.string().describe('Relative to the folder, with /')

/** What stays undone in a folder, as long as nobody does something about it. */
export const Remark = z
  .object({
    folder,
    reasonCode: z.string().describe("As in the folder's status"),
    message: z.string(),
    hint: z.string().describe('What to do, with the command'),
    values: Values.optional().describe('What goes with the code; left out where nothing does'),
  })
  .meta({ id: 'Remark' })
export type Remark = z.infer<typeof Remark>

/** Content that no device which is connected has. */
export const OutOfReach = z
  .object({
    devices: z.array(z.object({ device: z.string(), name: z.string() })).describe('Those that are away and have it'),
    said: z.boolean().describe('They have it, as far as is known; false: they may have it'),
    files: Count.describe('Files that the folder shows'),
    versions: Count.describe('Versions in all, those of these files with them'),
  })
  .meta({ id: 'OutOfReach' })
export type OutOfReach = z.infer<typeof OutOfReach>

/** A folder of this device as it is now; also one that the group offers (`state` is then `offered`). */
export const FolderStatus = z
  .object({
    id,
    name,
    path: z.string().nullable().describe('Where it is on this disk; null while it is only offered, or online-only'),
    foldsCase: z.boolean().describe('Its disk here takes `A` for `a`'),
    role: Role,
    state: FolderState,
    reasonCode: z.string().describe('Why it is in this state, for programs: lower case with hyphens'),
    reason: z.string().describe('Why it is in this state, as a sentence; with what to do where something is to be done'),
    values: Values.optional().describe('What goes with the code; left out where nothing does'),
    entries: Count,
    bytes: Count,
    needEntries: Count.describe('Entries that connected devices have and this one has not yet'),
    needBytes: Count,
    conflicts: Count.describe('Paths with several versions beside each other'),
    heldEntries: Count.describe('Entries that vanished here at once, and whose deletion waits for the user'),
    problems: Count.describe('Entries that do not sync, each listed with its reason'),
    protectedPercent: z
      .number()
      .min(0)
      .max(100)
      .nullable()
      .describe('Of its versions the part that all devices have which are to hold them; null while that is not known yet'),
    copies: Count.nullable().describe('On how many devices each version is to be, by the devices that there are'),
    wantedCopies: Count.nullable().describe('The same by `replication_factor`; with more than `copies` the folder is degraded'),
    lost: Count.describe('Versions that were kept once, and whose content is on no device any more'),
    outOfReach: z.array(OutOfReach).describe('What only devices have that are away; it cannot be read or restored now'),
    damaged: Count.describe(
      'Pieces of its versions that were found damaged in the store, and are on no device that is connected',
    ),
    notes: z.array(Remark).describe('What keeps its versions from being as safe as they should be, and what to do'),
  })
  .meta({ id: 'FolderStatus' })
export type FolderStatus = z.infer<typeof FolderStatus>

export const Folder = z
  .object({
    id,
    name,
    path: z.string().nullable(),
    role: Role,
    offered: z.boolean(),
    copies: Count.nullable().describe('As in its status'),
    wantedCopies: Count.nullable(),
    outOfReach: z.array(OutOfReach).describe('As in its status'),
  })
  .meta({ id: 'Folder' })
export type Folder = z.infer<typeof Folder>

/** A folder and the place it has on this disk. */
export const FolderPlace = z.object({ id, name: z.string(), path: z.string().nullable() }).meta({ id: 'FolderPlace' })

export const FolderShare = z
  .object({
    id,
    device: z.string().describe("A PeerId, or 'all'"),
    role: Role,
    kept: z
      .array(z.object({ device: z.string(), name: z.string(), role: Role }))
      .describe("With 'all': the devices that keep another role, which was given to them alone"),
  })
  .meta({ id: 'FolderShare' })
export type FolderShare = z.infer<typeof FolderShare>

/** What a device may do in a folder. */
export const FolderRole = z
  .object({
    device: z.string().describe('A PeerId'),
    name: z.string().describe('What people call that device'),
    role: Role,
    own: z.boolean().describe('Given to it alone; false: what all have'),
  })
  .meta({ id: 'FolderRole' })
export type FolderRole = z.infer<typeof FolderRole>

export const FolderId = z.object({ id }).meta({ id: 'FolderId' })

/** What a decision about a folder came to. */
export const FolderStateNow = z
  .object({ id, state: FolderState, changed: Count.describe('How much was decided about; 0: there was nothing to decide') })
  .meta({ id: 'FolderStateNow' })

/** Why one entry does not sync. */
export const Problem = z
  .object({
    folder,
    path,
    code: z.string(),
    message: z.string(),
    hint: z.string().nullable(),
    values: Values.optional().describe('What goes with the code; left out where nothing does'),
    since: Time,
  })
  .meta({ id: 'Problem' })
export type Problem = z.infer<typeof Problem>

/** A head that does not show at its own path. */
export const Conflict = z
  .object({
    folder,
    path: path.describe('The path that is in conflict'),
    with: z.string().describe('The derived name, beside it, that the other version shows at'),
    device: z.string().describe("The other version's author, a PeerId"),
    by: z.string().describe('What people call that device'),
    time: Time.describe('When the other version was written'),
    shownDevice: z.string().nullable().describe('The author of what shows at the path; null where that is nobody'),
    shownBy: z.string().nullable(),
  })
  .meta({ id: 'Conflict' })
export type Conflict = z.infer<typeof Conflict>

export const ListItem = z
  .object({
    folder,
    path,
    kind: EntryKind,
    size: Count,
    modified: Time.nullable(),
    version: z.string().nullable().describe("The version's id: 32 hex digits"),
    state: z
      .enum(['here', 'waiting', 'elsewhere', 'problem', 'deleted'])
      .describe(
        'On this disk, of what was also in the store there; still to come; to be fetched when it is wanted; not syncing (see problems); deleted',
      ),
  })
  .meta({ id: 'ListItem' })
export type ListItem = z.infer<typeof ListItem>

/** What sync replaced or deleted, kept on this disk for 30 days. */
export const ArchiveItem = z
  .object({ name: z.string().describe('What to restore it by'), path, time: Time.describe('When it was archived'), size: Count })
  .meta({ id: 'ArchiveItem' })
export type ArchiveItem = z.infer<typeof ArchiveItem>
