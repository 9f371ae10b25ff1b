import { calledIn } from '#api/contract'
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
  synopsis: 'DEVICE [--now]',
  summary:
    'Takes a device, or a recovery kit, out of the group. --now: also while this device still learns what that one has written, which is lost then.',
  options: { now: { type: 'boolean' } },
  takes: [1, 1],
  async run({ argument, isSet, connect, output }) {
    const { client } = await connect()
    const before = await client.devices()
    const result = await client.removeDevice({ device: argument(0), now: isSet('now') })
    output.result(result, () =>
      before.some(({ device, role }) => device === result.device && role === 'recovery')
        ? `${argument(0)} is ended: nobody comes into the group with it any more.`
        : `${argument(0)} is no longer in the group. What it has stays readable there; what is written from now on does not reach it.`,
    )
    for (const { folder, message, hint } of result.notes) output.note(`${folder}: ${message}\n  ${hint}`)
    await noteKits(client, output)
  },
}
