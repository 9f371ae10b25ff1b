import { exactSize } from '#base'
import type { Setting } from '#api/contract'
import type { Command } from '../command.ts'
import { heldBack } from '../pledge.ts'
import { size, table } from '../text.ts'

export const configGet: Command = {
  words: 'config get',
  synopsis: '[KEY]',
  summary: 'A setting, or all of them: of this device, and of its group (replication_factor, leave_after).',
  takes: [0, 1],
  async run({ args, connect, output }) {
    const { client } = await connect()
    if (args[0] !== undefined) {
      const result = await client.configGet({ key: args[0] })
      output.result(result, () => sizeAsSet(result) ?? String(result.value))
      if (isLong(result)) output.note(`That is ${size(Number(result.value))}.`)
      if (differs(result)) output.note(remark(result))
      return
    }
    const all = await client.config()
    output.result(all, () =>
      table(
        ['KEY', 'VALUE', ''],
        all.map((one) => [one.key, shown(one), differs(one) ? remark(one) : '']),
      ),
    )
  },
}

export const configSet: Command = {
  words: 'config set',
  synopsis: 'KEY VALUE',
  summary:
    'Changes a setting. pledge SIZE (100GB, 2TiB) is what this device keeps free for the versions of the group; cache_bytes SIZE bounds what stays here of online-only folders; rate_limit_up and rate_limit_down SIZE (5MB, 0 for no limit) bound what it sends and takes in a second; replication_factor N and leave_after DURATION apply to all devices of the group.',
  takes: [2, 2],
  async run({ argument, connect, output }) {
    const { client } = await connect()
    const result = await client.configSet({ key: argument(0), value: argument(1) })
    output.result(result, () => `${result.key} is ${shown(result)}.`)
    if (result.note !== undefined) output.note(result.note)
    if (differs(result)) output.note(remark(result))
  },
}

/** From so many bytes on a size is hard to read without its unit. */
const LONG = 1_000

/** A setting that is a size, as `config set` takes it and people read it; null for another one. */
function sizeAsSet({ key, value }: Setting): string | null {
  return (key === 'pledge' || key === 'cache_bytes') && typeof value === 'number' ? exactSize(value) : null
}

/** Bytes that are no short number of any unit. */
function isLong(setting: Setting): boolean {
  return Number(setting.value) >= LONG && sizeAsSet(setting) === String(setting.value)
}

function shown(setting: Setting): string {
  const text = sizeAsSet(setting) ?? String(setting.value)
  return isLong(setting) ? `${text} (${size(Number(setting.value))})` : text
}

function differs({ value, running }: Setting): boolean {
  return value !== running
}

function remark(setting: Setting): string {
  const held = heldBack(setting)
  if (held !== null) return held
  const { running } = setting
  const now = running === '' ? 'the default' : String(running)
  return `It runs with ${now} now; the setting counts from the next start on, unless serve is told otherwise.`
}
