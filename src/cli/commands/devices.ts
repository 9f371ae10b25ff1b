import { calledIn, type FolderChange } from '#api/contract'
import { localTime } from '#base'
import type { Command } from '../command.ts'
import { noteKits } from '../kits.ts'
import { notePledge } from '../pledge.ts'
import { noteRemoval } from '../removal.ts'
import { size, table } from '../text.ts'

export const devices: Command = {
  words: 'devices',
  synopsis: '',
  summary: 'The devices of the group, and its recovery kits.',
  async run({ connect, output }) {
    const { client } = await connect()
    const [result, own] = await Promise.all([client.devices(), client.status()])
    const { called } = calledIn(result)
    const full = new Set(own.peers.filter(({ obstacle }) => obstacle === 'full').map(({ device }) => device))
    output.result(result, () =>
      table(
        ['NAME', 'DEVICE', 'ROLE', 'PLEDGE', 'STATE'],
        result.map(({ device, role, connected, lastSeen, pledgeBytes }) => [
          called(device),
          device,
          role,
          pledgeBytes === null || pledgeBytes === 0 ? null : `${size(pledgeBytes)}${full.has(device) ? ', full' : ''}`,
          device === own.device ? 'this device' : role === 'recovery' ? `made ${made(lastSeen)}` : reached(connected, lastSeen),
        ]),
      ),
    )
    await notePledge(client, output)
    await noteRemoval(client, output)
  },
}

function made(time: string | null): string {
  return time === null ? 'at no time' : localTime(time)
}

function reached(connected: boolean, lastSeen: string | null): string {
  if (connected) return 'connected'
  return lastSeen === null ? 'never seen' : `last seen ${localTime(lastSeen)}`
}

export const devicesRemove: Command = {
  words: 'devices remove',
  synopsis: 'DEVICE [--now] [--dry-run]',
  summary:
    'Takes a device, or a recovery kit, out of the group. --dry-run: tells what that would do, what only that device has with it, and does nothing. --now: also while this device still learns what that one has written, which is lost then.',
  options: { now: { type: 'boolean' }, 'dry-run': { type: 'boolean' } },
  takes: [1, 1],
  async run({ argument, isSet, connect, output }) {
    const { client } = await connect()
    const before = await client.devices()
    const result = await client.removeDevice({ device: argument(0), now: isSet('now'), dryRun: isSet('dry-run') })
    const isKit = before.some(({ device, role }) => device === result.device && role === 'recovery')
    output.result(result, () => (result.removed ? done(argument(0), isKit) : wouldBe(argument(0), isKit, result.folders)))
    for (const { folder, message, hint } of result.notes) output.note(`${folder}: ${message}\n  ${hint}`)
    if (result.removed) await noteKits(client, output)
  },
}

function done(name: string, isKit: boolean): string {
  return isKit
    ? `${name} is ended: nobody comes into the group with it any more.`
    : `${name} is no longer in the group. What it has stays readable there; what is written from now on does not reach it.`
}

/** What a removal would do. */
function wouldBe(name: string, isKit: boolean, folders: readonly FolderChange[]): string {
  if (isKit) return `${name} would be ended: nobody would come into the group with it any more. Nothing was changed.`
  return [
    `${name} would no longer be in the group. What it has would stay readable there. Nothing was changed.`,
    ...folders.map((folder) => `  ${folder.folder}: ${holding(folder)}`),
  ].join('\n')
}

function holding({ places, newHolders, copies, copiesAfter, wantedCopies }: FolderChange): string {
  const short = copiesAfter < wantedCopies ? `, where replication_factor asks for ${wantedCopies}` : ''
  const each = copiesAfter === 0 ? 'no device would hold its versions' : `each version would be on ${devicesOf(copiesAfter)}`
  const now = copies === copiesAfter ? '' : ` (now ${copies})`
  const moved =
    newHolders === 0
      ? 'no other device takes over anything'
      : `${Math.max(1, Math.round((100 * newHolders) / places))} % of its content would go to another device, as far as it can be had then`
  return `${each}${now}${short}; ${moved}`
}

function devicesOf(number: number): string {
  return number === 1 ? '1 device' : `${number} devices`
}
