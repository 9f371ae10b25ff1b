import * as z from 'zod'
import { Microseconds, Mode, TreeItem, Written } from './entries.ts'
import { operation } from './operation.ts'
import { Count, ExpectedRef, FolderRef, MomentRef, SnapshotRef, Time } from './words.ts'

const inFolder = z.string().min(1).describe('Relative to the folder, with /')
/** A query carries text only. */
const flag = z.union([z.boolean(), z.stringbool()])
const VersionRef = z
  .string()
  .regex(/^[0-9a-f]{1,32}$/)
  .describe("A version's id, or its first digits")

/** The folder as a store: what is in it, copied and deleted. */
export const entryOperations = {
  tree: operation(
    'GET',
    '/tree',
    null,
    'What is at a path and below, in order, at most 1000 entries after `after`',
    z.strictObject({
      folder: FolderRef,
      path: z.string().default('').describe('Relative to the folder; empty for its root'),
      at: Time.optional().describe('What it was then'),
      snapshot: z.string().min(1).optional().describe('What a snapshot of that name shows'),
      after: z.string().default('').describe('The path of the last entry that is known already'),
    }),
    z.array(TreeItem),
  ),
  removeEntries: operation(
    'DELETE',
    '/content',
    'rm',
    'Deletes what is at a path; a directory with all that is in it, if `recursive`, else only one that nothing is in',
    z.strictObject({ folder: FolderRef, path: inFolder, recursive: flag.default(false), expected: ExpectedRef.optional() }),
    z.object({
      path: z.string(),
      entries: Count.describe('How many were deleted'),
      bytes: Count,
      before: MomentRef.describe('When all of it was there still, as it was deleted: for `restoreMoment`'),
    }),
  ),
} as const

/** Those whose request or answer is content, as it is; all of their input is in the query. */
export const contentOperations = {
  getContent: operation(
    'GET',
    '/content',
    'get',
    "A file's content, or a symlink's target; ranges, If-Range and If-None-Match are heeded, and the ETag is the version's id",
    z.strictObject({
      folder: FolderRef,
      path: inFolder,
      version: VersionRef.optional(),
      at: Time.optional().describe('What it was then; used where no version is named'),
      snapshot: SnapshotRef.optional(),
    }),
    z.string().describe('The bytes'),
  ),
  putContent: operation(
    'PUT',
    '/content',
    'put',
    'Puts what is sent at a path; answers when it is a version',
    z.strictObject({
      folder: FolderRef,
      path: inFolder,
      kind: z
        .enum(['file', 'directory', 'symlink'])
        .default('file')
        .describe("What is sent is a file's content, nothing, or a symlink's target"),
      mode: z.coerce
        .number()
        .pipe(Mode)
        .optional()
        .describe('Permission bits; left out as at what is there, else 0o644 or 0o755'),
      mtime: z.coerce.number().pipe(Microseconds).optional().describe('Microseconds since 1970; left out now'),
      size: z.coerce
        .number()
        .pipe(Count)
        .optional()
        .describe('How many bytes are sent of a file: nothing is put where others come'),
      same: VersionRef.optional().describe(
        'A whole id. Nothing is sent, and nothing is put: answers if that version is what the folder has at the path, and stands on the disk; else `conflict`',
      ),
    }),
    Written,
  ),
} as const

export type ContentRequest = z.output<(typeof contentOperations.getContent)['input']>
export type PutRequest = z.output<(typeof contentOperations.putContent)['input']>
/** As a caller says it. */
export type ContentQuery = z.input<(typeof contentOperations.getContent)['input']>
export type PutQuery = z.input<(typeof contentOperations.putContent)['input']>

/** Headers of content: what it is, its permission bits (octal), and its time (microseconds since 1970). */
export const CONTENT_HEADERS = { kind: 'x-holdfast-kind', mode: 'x-holdfast-mode', mtime: 'x-holdfast-mtime' } as const
