import { HoldfastError, localTime, shellWord } from '#base'
import { getContent, type Client } from '#api/client'
import type { PastVersion } from '#api/contract'
import type { Call, Command } from '../command.ts'
import { orATime, parseThen } from '../moments.ts'
import type { Output } from '../output.ts'
import { withProgress } from '../progress.ts'
import { whole } from '../received.ts'
import { isPartial, plannedText, restoredText } from '../restored.ts'
import { parseFile, parseMoment, parseTarget, parseVersion, TIME_LIKE } from '../values.ts'
import { SHOWN_DIGITS } from './versions.ts'

const STDOUT = '-'

export const restore: Command = {
  words: 'restore',
  synopsis: 'TARGET [--version V | --at TIME|SNAPSHOT] [--to FILE|DIR] [--recursive [--partial] [--dry-run]]',
  summary:
    'Makes a file again what it was, as a new version; or writes what it was into FILE; - is stdout. Without a version, time or snapshot a deleted file comes back as it was last. With --recursive a directory with all in it, or a whole folder, is again what it was at a time: what came since is deleted, which can be taken back like any deletion. --to writes it into DIR instead, a new directory; --partial leaves out what no device that is connected has, says what that is, and ends with 1; --dry-run only says what would be written and deleted.',
  options: {
    version: { type: 'string' },
    at: { type: 'string' },
    to: { type: 'string' },
    recursive: { type: 'boolean' },
    partial: { type: 'boolean' },
    'dry-run': { type: 'boolean' },
  },
  takes: [1, 1],
  async run(call) {
    const { argument, text, isSet, resolve, connect, output } = call
    if (isSet('recursive')) return restoreAll(call)
    const only = (['partial', 'dry-run'] as const).find(isSet)
    if (only !== undefined)
      throw new HoldfastError('usage', `--${only} goes with --recursive`, { hint: 'of one file there is nothing to leave out' })
    const target = parseFile(
      argument(0),
      'for a whole folder: holdfast restore FOLDER --at TIME --recursive, or holdfast snapshot restore FOLDER NAME',
    )
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

/** A directory with all in it, or a whole folder; 1 where something was left out. */
async function restoreAll({ argument, text, isSet, resolve, connect, output }: Call): Promise<number> {
  const { folder, path } = parseTarget(argument(0))
  const [at, to, dryRun, partial] = [text('at'), text('to'), isSet('dry-run'), isSet('partial')]
  const moment = at === undefined ? undefined : parseMoment(at)
  if (text('version') !== undefined || to === STDOUT || moment === undefined || !('at' in moment))
    throw new HoldfastError('usage', `--recursive goes with --at TIME, and neither with --version nor with --to ${STDOUT}`, {
      hint: `a time is written like ${TIME_LIKE}; a snapshot of a folder: holdfast snapshot restore ${shellWord(folder)} NAME`,
    })
  const { client, transport } = await connect()
  const restoring = client.restoreMoment({
    ...{ folder, path, at: moment.at, to: to === undefined ? null : resolve(to), dryRun, partial },
  })
  const result = await withProgress({ transport, output }, 'restore', restoring)
  const then = `what it was at ${localTime(moment.at)}`
  const names = { what: `${argument(0)} as it was at ${localTime(moment.at)}`, same: `${argument(0)} is ${then}` }
  output.result(result, () => (dryRun ? plannedText(result, partial, names) : restoredText(result, names)))
  return !dryRun && isPartial(result) ? 1 : 0
}
