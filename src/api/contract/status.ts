import * as z from 'zod'
import { Peer } from './devices.ts'
import { FolderStatus } from './folders.ts'
import { Count, NoteValues, Time, Values } from './words.ts'

export const Rates = z
  .object({ receiveBytesPerSecond: z.number().min(0), sendBytesPerSecond: z.number().min(0) })
  .meta({ id: 'Rates' })

/** All that a person asks first. A field that this build cannot fill yet is null. */
export const Status = z
  .object({
    device: z.string(),
    name: z.string(),
    uptimeSeconds: z.number().min(0),
    addresses: z.array(z.string()).describe('The multiaddrs that this device listens on'),
    folders: z.array(FolderStatus),
    peers: z.array(Peer),
    removed: z
      .object({
        by: z.string().describe('A PeerId'),
        name: z.string(),
        time: Time,
        role: z.enum(['member', 'storage']).describe('What this device was there'),
      })
      .nullable()
      .describe('Another device took this one out of its group, and it has been alone since'),
    rates: Rates,
    store: z.object({
      blocks: Count.nullable(),
      bytes: Count.nullable().describe('What blocks and index segments take'),
      segmentBytes: Count.nullable().describe('Of these, what index segments take'),
      damaged: Count.nullable().describe('Blocks that were found damaged and are not had anew yet; they are not counted else'),
      liveBytes: Count.nullable(),
      pledgeBytes: Count.nullable().describe('What this device keeps free for the versions of the group, or can; 0 = nothing'),
    }),
    layout: z
      .object({ epoch: Count.min(1).describe('Grows with each layout'), author: z.string().describe('A PeerId') })
      .nullable()
      .describe(
        "Which of the group's layouts counts here: who is to hold what. Null where no device pledges anything, and none was ever away",
      ),
    eventLoopDelayMs: z.object({ p99: z.number(), max: z.number() }),
  })
  .meta({ id: 'Status' })
export type Status = z.infer<typeof Status>

export const Health = z
  .object({
    ok: z.boolean(),
    checks: z.array(z.object({ name: z.string(), ok: z.boolean(), detail: z.string(), values: NoteValues.optional() })),
  })
  .meta({ id: 'Health' })
export type Health = z.infer<typeof Health>

/** Content on its way now. */
export const Transfer = z
  .object({
    folder: z.string(),
    path: z.string(),
    direction: z.enum(['receive', 'send']),
    device: z.string().nullable().describe('The PeerId it comes from or goes to; null when it is several'),
    bytes: Count.describe('Done so far'),
    totalBytes: Count,
    bytesPerSecond: z.number().min(0),
  })
  .meta({ id: 'Transfer' })
export type Transfer = z.infer<typeof Transfer>

export const Transfers = z
  .object({
    rates: Rates,
    peers: z
      .array(Rates.extend({ device: z.string().describe('A PeerId') }))
      .describe('The same of each device that something comes from or goes to now'),
    transfers: z.array(Transfer),
  })
  .meta({ id: 'Transfers' })
export type Transfers = z.infer<typeof Transfers>

/** How far a command is that takes long. */
export const Progress = z
  .object({
    command: z
      .enum(['gc', 'scrub', 'rebalance', 'repair', 'leave', 'snapshot restore', 'restore', 'wait'])
      .describe("The command line's words for it"),
    done: Count,
    total: Count,
    unit: z
      .enum(['blocks', 'bytes', 'versions', 'copies'])
      .describe('`copies`: of versions, each on each device that is to have it, as far as the devices have said'),
    folder: z.string().optional().describe("The folder's name, of what goes folder by folder"),
  })
  .meta({ id: 'Progress' })
export type Progress = z.infer<typeof Progress>

/** What happened, where, by which device, when. */
export const Activity = z
  .object({
    number: z.int().min(1).describe('Grows with every item; what `before` of a next request takes'),
    time: Time,
    event: z.string().describe('added, changed, deleted, received, renamed, kept, conflict, paired, joined, blocked, held, …'),
    folder: z.string().nullable().describe("The folder's name"),
    path: z.string().nullable(),
    from: z
      .string()
      .nullable()
      .describe('Of what was renamed: the path that it had; null otherwise, and where that is not known'),
    device: z.string().nullable().describe('The PeerId of the device that did it'),
    by: z.string().nullable().describe('What people call that device'),
    detail: z.string(),
    values: Values.optional().describe('What the detail says, by its code `detail`; left out where it has none'),
  })
  .meta({ id: 'Activity' })
export type Activity = z.infer<typeof Activity>

const SettingValue = z.union([z.string(), z.number(), z.boolean(), z.null()])

export const Setting = z
  .object({
    key: z.string(),
    value: SettingValue,
    running: SettingValue.describe(
      'What the daemon works with: something else until it is started again, or as it was told to. Of pledge what the device can hold now',
    ),
    note: z.string().optional().describe('Of one that was set: what has to be known of such a value'),
    values: NoteValues.optional(),
  })
  .meta({ id: 'Setting' })
export type Setting = z.infer<typeof Setting>
