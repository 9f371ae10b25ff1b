import { HoldfastError, localTime, shellWord } from '#base'
import { getContent, type Client } from '#api/client'
import type { PastVersion } from '#api/contract'
import type { Command } from '../command.ts'
import { orATime, parseThen } from '../moments.ts'
import type { Output } from '../output.ts'
import { whole } from '../received.ts'
import { size, table } from '../text.ts'
import { parseFile, parseVersion } from '../values.ts'

const STDOUT = '-'
/** Digits of an id that are shown; more are needed where two begin alike. */
const SHOWN_DIGITS = 12

export const versions: Command = {
  words: 'versions',
  synopsis: 'TARGET',
  summary: 'Every version of a file, newest first; of a deleted one, too.',
  takes: [1, 1],
  async run({ argument, connect, output }) {
    const target = parseFile(argument(0))
    const { client } = await connect()
    const result = await client.versions(target)
    output.result(result, () =>
      table(
        ['VERSION', 'TIME', 'BY', 'WHAT', 'SIZE', 'STATE'],
        result.map((each) => [
          each.version.slice(0, SHOWN_DIGITS),
          localTime(each.time),
          each.by,
          each.cause,
          each.kind === 'file' ? size(each.size) : each.kind === 'tombstone' ? null : each.kind,
          stateOf(each),
        ]),
      ),
    )
    if (result.some(({ givenUp }) => givenUp === 'never-kept'))
      output.note(
        'never kept: it was replaced or deleted before any device had kept it, and no device has its content, as far as this one knows.',
      )
    if (result.some(({ stored }) => !stored))
      output.note(
        'This folder keeps no history: no store has what is replaced or deleted in it. What sync replaced or deleted on a device stays in the archive there for 30 days: holdfast folder archive FOLDER',
      )
  },
}

function stateOf({ state, stored, current, forgotten, lost, givenUp, pinned, snapshots }: PastVersion): string {
  const gone = givenUp === null ? 'forgotten' : givenUp === 'lost' ? 'given up' : 'never kept'
  return [
    lost ? 'lost' : stored ? state : 'not stored',
    ...(current ? ['current'] : []),
    ...(forgotten && !lost ? [gone] : []),
    ...(pinned ? ['pinned'] : []),
    ...snapshots.map((name) => `snapshot ${name}`),
  ].join(', ')
}

export const restore: Command = {
  words: 'restore',
  synopsis: 'TARGET [--version V | --at TIME|SNAPSHOT] [--to FILE]',
  summary:
    'Makes a file again what it was, as a new version; or writes what it was into FILE; - is stdout. Without a version, time or snapshot a deleted file comes back as it was last.',
  options: { version: { type: 'string' }, at: { type: 'string' }, to: { type: 'string' } },
  takes: [1, 1],
  async run({ argument, text, resolve, connect, output }) {
    const target = parseFile(argument(0), 'for a whole folder: holdfast snapshot restore FOLDER NAME')
    const [version, at, to] = [text('version'), text('at'), text('to')]
    if (version !== undefined && at !== undefined) {
      throw new HoldfastError('usage', 'say one of both: --version V, or --at TIME or --at SNAPSHOT for what it was then', {
        hint: `holdfast versions ${shellWord(argument(0))} lists them`,
      })
    }
    const chosen = version === undefined ? {} : { version: parseVersion(version, argument(0)) }
    const moment = parseThen(at)
    const which = { ...chosen, ...moment }
    const { client, transport } = await connect()
    if (to === STDOUT) {
      const last = Object.keys(which).length === 0 ? await lastOf(client, target) : {}
      const content = await orATime(moment, getContent(transport, { ...target, ...which, ...last }))
      return await output.bytes(whole(content, target.path))
    }
    const restoring = client.restore({ ...target, ...which, to: to === undefined ? null : resolve(to) })
    const result = await orATime(moment, restoring)
    output.result(result, () => `Restored: ${to === undefined ? `${target.folder}/` : ''}${result.path}`)
    if (result.bytes === 0) noteEmpty(await client.versions(target), result.version, argument(0), output)
    if (!result.here) output.note(`It is on its way to the disk: holdfast wait --folder ${shellWord(target.folder)}`)
  },
}

/** What a file is, or was last; nothing where that is not known. */
async function lastOf(client: Client, target: { folder: string; path: string }): Promise<{ version?: string }> {
  const last = (await client.versions(target)).find(({ kind }) => kind !== 'tombstone')
  return last === undefined ? {} : { version: last.version }
}

/** A program may have emptied the file in the moment before it saved it: what had content is what was meant, perhaps. */
function noteEmpty(all: readonly PastVersion[], restored: string, target: string, output: Output): void {
  if (all.find(({ version }) => version === restored)?.kind !== 'file') return
  const full = all.find(({ kind, size: bytes, state }) => kind === 'file' && bytes > 0 && state !== 'incomplete')
  if (full === undefined) return
  const command = `holdfast restore ${shellWord(target)} --version ${full.version.slice(0, SHOWN_DIGITS)}`
  output.note(`It was empty then. The newest version with content is of ${localTime(full.time)}:\n  ${command}`)
}
