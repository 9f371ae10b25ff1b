import * as z from 'zod'
import { Count, GroupRole, Time, Values } from './words.ts'

const device = z.string().describe("The device's PeerId")

/** One device of the group, this one included. */
export const Device = z
  .object({
    device,
    name: z.string(),
    role: GroupRole,
    connected: z.boolean().describe('Always true for this device itself, never for a recovery kit'),
    lastSeen: Time.nullable().describe('Of a recovery kit: when it was made'),
    pledgeBytes: Count.nullable().describe(
      'What it keeps free for the versions of the group, or can, by its own word; 0 = nothing',
    ),
  })
  .meta({ id: 'Device' })
export type Device = z.infer<typeof Device>

/** What becomes of who holds a folder once a device is out of the group. */
export const FolderChange = z
  .object({
    folder: z.string().describe("The folder's name on this device"),
    places: Count.describe('Into how many places the chunks of a folder are parted: `hash_ring_size`'),
    newHolders: Count.describe('Of these, those that get a holder that they have not had: what it is to hold goes there'),
    copies: Count.describe('On how many devices each version is to be now'),
    copiesAfter: Count.describe('And then'),
    wantedCopies: Count.describe('By `replication_factor`'),
  })
  .meta({ id: 'FolderChange' })
export type FolderChange = z.infer<typeof FolderChange>

/** Another device of the group as the network sees it now. */
export const Peer = z
  .object({
    device,
    name: z.string(),
    connected: z.boolean(),
    address: z.string().nullable().describe('The multiaddr it is connected by; null when it is not'),
    rttMs: z.number().nullable(),
    syncedPercent: z
      .number()
      .min(0)
      .max(100)
      .nullable()
      .describe(
        'Of the entries of all folders in which it takes the changes of this device the part that it has as they are here; null while that is not known, and where there are none',
      ),
    obstacle: z
      .enum(['full', 'refused', 'lies'])
      .nullable()
      .describe(
        'Why it does not take all that it is to hold: its pledge or disk is full; not from here; it lacks what it says it has',
      ),
  })
  .meta({ id: 'Peer' })
export type Peer = z.infer<typeof Peer>

/** A device on the local network that is not of this group. */
export const NearbyDevice = z
  .object({
    device,
    name: z.string(),
    address: z.string(),
    digits: z.string().nullable().describe('The six digits while a pairing with it is going on'),
  })
  .meta({ id: 'NearbyDevice' })
export type NearbyDevice = z.infer<typeof NearbyDevice>

/** A pairing that waits for somebody: both screens show the same digits, and both sides accept. */
export const Pairing = z
  .object({
    device,
    name: z.string(),
    address: z.string(),
    digits: z.string().regex(/^\d{6}$/),
    incoming: z.boolean().describe('True when the other device began it'),
    acceptedHere: z.boolean(),
    acceptedThere: z.boolean(),
    expires: Time,
  })
  .meta({ id: 'Pairing' })
export type Pairing = z.infer<typeof Pairing>

/** How a pairing ended, for those who watched it. */
export const PairingEnd = z
  .object({
    device,
    name: z.string(),
    joined: z.boolean().describe('True when both devices are in one group now'),
    message: z.string().nullable().describe('Why they are not; null when they are'),
    hint: z.string().nullable(),
    reason: z.string().optional().describe('Which sentence the message is, as in an error'),
    values: Values.optional(),
  })
  .meta({ id: 'PairingEnd' })
export type PairingEnd = z.infer<typeof PairingEnd>

/** The group that this device is in now, and the device that it met there. */
export const Joined = z.object({ group: z.string(), device }).meta({ id: 'Joined' })

export const Invite = z.object({ code: z.string(), expires: Time }).meta({ id: 'Invite' })
