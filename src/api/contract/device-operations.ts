import * as z from 'zod'
import { Device, FolderChange, Invite, Joined, NearbyDevice, Pairing } from './devices.ts'
import { Remark } from './folders.ts'
import { operation } from './operation.ts'
import { Activity, Health, Setting, Status, Transfers } from './status.ts'
import { DeviceRef, DeviceRole, Time } from './words.ts'

const nothing = z.strictObject({})
const ofDevice = z.strictObject({ device: DeviceRef })
const flag = z.union([z.boolean(), z.stringbool()]).default(false)
const seconds = z.number().positive()
const absolute = z.string().min(1).describe('An absolute path on this device')

/** What concerns this device, its group and its settings. */
export const deviceOperations = {
  status: operation('GET', '/status', 'status', 'This device, its folders, peers and rates', nothing, Status),
  health: operation('GET', '/health', 'health', 'Whether it is able to serve, check by check', nothing, Health),
  transfers: operation('GET', '/transfers', null, 'What is on its way now', nothing, Transfers),
  devices: operation('GET', '/devices', 'devices', 'The group', nothing, z.array(Device)),
  removeDevice: operation(
    'DELETE',
    '/devices/:device',
    'devices remove',
    'Takes a device out of the group; `blocked` while this one still learns what that has written, unless `now`; `dryRun`: tells what that would do, and does nothing',
    ofDevice.extend({ now: flag, dryRun: flag }),
    z.object({
      device: z.string(),
      removed: z.boolean().describe('false: of a dry run'),
      notes: z.array(Remark).describe('What no other device has, as far as is known'),
      folders: z.array(FolderChange).describe('Who holds the folders of this device, of those that keep their history'),
    }),
  ),
  createInvite: operation(
    'POST',
    '/invites',
    'invite',
    'A one-time code that lets one device join',
    z.strictObject({ role: DeviceRole.default('member'), expiresSeconds: seconds.max(7 * 86_400).default(900) }),
    Invite,
  ),
  joinGroup: operation(
    'POST',
    '/group/join',
    'join',
    "Joins the inviter's group",
    z.strictObject({ code: z.string().trim().min(1).max(4096) }),
    Joined,
  ),
  leaveGroup: operation(
    'POST',
    '/group/leave',
    'leave',
    'Hands over what this device holds, then leaves the group; files stay on disk',
    z.strictObject({ now: z.boolean().default(false).describe('Leaves without handing anything over') }),
    z.object({ left: z.literal(true), notes: z.array(Remark) }),
  ),
  nearby: operation(
    'GET',
    '/nearby',
    'nearby',
    'Devices on the local network that are not of this group',
    nothing,
    z.array(NearbyDevice),
  ),
  openPairing: operation(
    'POST',
    '/pairings/open',
    null,
    'Lets nearby devices begin a pairing with this one for a while; again to make it longer',
    z.strictObject({ seconds: seconds.max(600).default(120) }),
    z.object({ until: Time }),
  ),
  pairings: operation('GET', '/pairings', 'pairing list', 'Pairings that wait for somebody', nothing, z.array(Pairing)),
  pair: operation('POST', '/pairings', 'pair', 'Begins a pairing; answers once the digits are known', ofDevice, Pairing),
  acceptPairing: operation(
    'POST',
    '/pairings/:device/accept',
    'pairing accept',
    'Says that both screens show the same digits; answers at once, without waiting for the other side',
    z.strictObject({ device: DeviceRef, digits: z.string().regex(/^\d{6}$/, 'six digits') }),
    Pairing,
  ),
  refusePairing: operation(
    'POST',
    '/pairings/:device/refuse',
    'pairing refuse',
    'Ends a pairing; the other side is told why',
    z.strictObject({
      device: DeviceRef,
      reason: z
        .enum(['refused', 'differ'])
        .default('refused')
        .describe('`refused`: not wanted; `differ`: the screens show different digits'),
    }),
    z.object({ device: z.string() }),
  ),
  pairingOutcome: operation(
    'GET',
    '/pairings/:device/outcome',
    null,
    'Answers when a pairing that waits is over: the group, or why not (denied, timeout, offline)',
    ofDevice,
    Joined,
  ),
  activity: operation(
    'GET',
    '/activity',
    'activity',
    'What happened, newest first',
    z.strictObject({
      before: z.coerce.number<number>().int().min(0).default(0).describe('Only items with a lower number; 0 = from the newest'),
      limit: z.coerce.number<number>().int().min(1).max(1000).default(50),
    }),
    z.array(Activity),
  ),
  config: operation('GET', '/config', 'config get', 'All settings', nothing, z.array(Setting)),
  configGet: operation('GET', '/config/:key', 'config get', 'One setting', z.strictObject({ key: z.string().min(1) }), Setting),
  configSet: operation(
    'PUT',
    '/config/:key',
    'config set',
    'Changes a setting; takes text, as the command line has it, or the value itself',
    z.strictObject({ key: z.string().min(1), value: Setting.shape.value }),
    Setting,
  ),
  supportBundle: operation(
    'POST',
    '/support-bundle',
    'support-bundle',
    'Writes logs, settings without secrets, and versions into a file',
    z.strictObject({ file: absolute }),
    z.object({ file: z.string() }),
  ),
} as const
