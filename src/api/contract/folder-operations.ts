import * as z from 'zod'
import {
  ArchiveItem,
  Conflict,
  Folder,
  FolderId,
  FolderPlace,
  FolderRole,
  FolderShare,
  FolderStateNow,
  ListItem,
  Problem,
  Remark,
} from './folders.ts'
import { operation } from './operation.ts'
import { DeviceRef, FolderName, FolderRef, Role, Time } from './words.ts'

const nothing = z.strictObject({})
const ofFolder = z.strictObject({ folder: FolderRef })
const seconds = z.number().positive()
const absolute = z.string().min(1).describe('An absolute path on this device')
const inFolder = z.string().min(1).describe('Relative to the folder, with /')
/** A query carries text only. */
const flag = z.union([z.boolean(), z.stringbool()])

/** What concerns folders and what is in them. */
export const folderOperations = {
  folders: operation('GET', '/folders', 'folder list', 'My folders, and those that the group offers', nothing, z.array(Folder)),
  createFolder: operation(
    'POST',
    '/folders',
    'folder create',
    'Shares a directory',
    z.strictObject({
      path: absolute,
      name: FolderName.optional(),
      history: z.enum(['full', 'off']).default('full'),
      consistency: z.enum(['eventual', 'quorum', 'strong']).default('eventual'),
    }),
    FolderPlace,
  ),
  shareFolder: operation(
    'POST',
    '/folders/:folder/share',
    'folder share',
    "Says what a device, or 'all', may do in a folder",
    z.strictObject({ folder: FolderRef, device: DeviceRef.describe("A device, or 'all'"), role: Role.default('sync') }),
    FolderShare,
  ),
  folderRoles: operation(
    'GET',
    '/folders/:folder/roles',
    null,
    'What each device may do in a folder, but for storage devices, which may read none',
    ofFolder,
    z.array(FolderRole),
  ),
  joinFolder: operation(
    'POST',
    '/folders/:folder/join',
    'folder join',
    'Takes part in an offered folder; without a path online-only: its files are fetched when they are opened',
    z.strictObject({ folder: FolderRef, path: absolute.nullable().default(null) }),
    FolderPlace,
  ),
  leaveFolder: operation(
    'POST',
    '/folders/:folder/leave',
    'folder leave',
    'Takes no part any more; files stay on disk',
    ofFolder,
    FolderId,
  ),
  pauseFolder: operation(
    'POST',
    '/folders/:folder/pause',
    'folder pause',
    'Pauses a folder, for a while or until it is resumed',
    z.strictObject({ folder: FolderRef, forSeconds: seconds.nullable().default(null) }),
    FolderId,
  ),
  resumeFolder: operation('POST', '/folders/:folder/resume', 'folder resume', 'Resumes a paused folder', ofFolder, FolderId),
  approveFolder: operation(
    'POST',
    '/folders/:folder/approve',
    'folder approve',
    'Lets held deletions go out',
    ofFolder,
    FolderStateNow,
  ),
  rejectFolder: operation(
    'POST',
    '/folders/:folder/reject',
    'folder reject',
    'Brings back what was deleted and held',
    ofFolder,
    FolderStateNow,
  ),
  unblockFolder: operation(
    'POST',
    '/folders/:folder/unblock',
    'folder unblock',
    'Accepts the root as it is now',
    ofFolder,
    FolderStateNow,
  ),
  revertFolder: operation(
    'POST',
    '/folders/:folder/revert',
    'folder revert',
    'Undoes local edits of a receive-only folder',
    ofFolder,
    FolderStateNow,
  ),
  problems: operation(
    'GET',
    '/folders/:folder/problems',
    'folder problems',
    'Files of which versions are lost (`code` is then `lost`), or only on devices that are away (`out-of-reach`), and entries that do not sync, and why',
    ofFolder,
    z.array(Problem),
  ),
  archive: operation(
    'GET',
    '/folders/:folder/archive',
    'folder archive',
    'What sync replaced or deleted, newest first; with a path what was there or below it',
    z.strictObject({ folder: FolderRef, path: inFolder.optional() }),
    z.array(ArchiveItem),
  ),
  restoreArchived: operation(
    'POST',
    '/folders/:folder/archive/restore',
    'folder archive --restore',
    'Copies an archived file to a place where nothing is; by default to its old path',
    z.strictObject({ folder: FolderRef, name: z.string().min(1), to: absolute.nullable().default(null) }),
    z.object({ path: z.string().describe('Absolute: where it is now') }),
  ),
  wait: operation(
    'POST',
    '/wait',
    'wait',
    'Scans, then answers when all is synced (or protected); `timeout` when it takes longer',
    z.strictObject({
      folder: FolderRef.nullable().default(null),
      for: z.enum(['synced', 'protected']).default('synced'),
      timeoutSeconds: seconds.nullable().default(null),
    }),
    z.object({ synced: z.literal(true), seconds: z.number().min(0), notes: z.array(Remark) }),
  ),
  obstacles: operation(
    'GET',
    '/obstacles',
    'wait',
    'What keeps all from being synced (or protected) at the moment; nothing is looked for',
    z.strictObject({ folder: FolderRef.nullish(), for: z.enum(['synced', 'protected']).default('synced') }),
    z.array(Remark),
  ),
  scan: operation(
    'POST',
    '/scan',
    'scan',
    'Looks at the disk now; without a folder at all but those that are paused, which are named in the notes',
    z.strictObject({ folder: FolderRef.nullable().default(null) }),
    z.object({ changed: z.int().min(0), seconds: z.number().min(0), notes: z.array(Remark) }),
  ),
  list: operation(
    'GET',
    '/entries',
    'ls',
    'Entries of a folder in order, at most `limit` after `after`: fewer than `limit` are the last. Without a folder, the folders themselves',
    z.strictObject({
      folder: FolderRef.optional(),
      path: z.string().default('').describe('Relative to the folder; empty for its root'),
      recursive: flag.default(false),
      deleted: flag.default(false),
      at: Time.optional().describe('What there was then'),
      snapshot: z.string().min(1).optional().describe('What a snapshot of that name shows'),
      after: z.string().default('').describe('The path of the last entry that is known already'),
      limit: z.coerce.number<number>().int().min(1).max(100_000).default(100_000),
    }),
    z.array(ListItem),
  ),
  conflicts: operation(
    'GET',
    '/conflicts',
    'conflicts',
    'Versions that exist beside another of the same path',
    z.strictObject({ folder: FolderRef.optional() }),
    z.array(Conflict),
  ),
  resolveConflict: operation(
    'POST',
    '/conflicts/resolve',
    'conflicts resolve',
    "Keeps this device's own version (mine), another device's (theirs), or both under names of their own",
    z.strictObject({
      folder: FolderRef,
      path: inFolder.describe('The path in conflict, or the derived name of one of its versions'),
      keep: z.enum(['mine', 'theirs', 'both']),
      device: DeviceRef.optional().describe('Whose version `theirs` is, where several could be'),
      expected: z
        .array(z.string().regex(/^[0-9a-f]{32}$/))
        .max(1000)
        .optional()
        .describe('The ids of the versions to choose from. Where they are others `conflict`, and nothing is changed'),
    }),
    z.object({ folder: z.string(), path: z.string() }),
  ),
} as const
