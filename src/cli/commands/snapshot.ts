import { localTime, shellWord } from '#base'
import type { Snapshot } from '#api/contract'
import type { Command } from '../command.ts'
import { withProgress } from '../progress.ts'
import { entriesIn, isPartial, plannedText, restoredText, type RestoreNames } from '../restored.ts'
import { size, table } from '../text.ts'

export const snapshotCreate: Command = {
  words: 'snapshot create',
  synopsis: 'FOLDER [NAME]',
  summary:
    'Gives what a folder shows now a name, on all its devices; what it shows is kept. Without NAME it is called by the time.',
  takes: [1, 2],
  async run({ args, argument, connect, output }) {
    const { client } = await connect()
    const name = args[1]
    const result = await client.createSnapshot({ folder: argument(0), ...(name === undefined ? {} : { name }) })
    output.result(result, () => `Snapshot ${result.name}: ${entriesIn(result.entries)}, ${size(result.bytes)}.`)
    if (result.protected) return
    const wait = `holdfast wait --folder ${shellWord(argument(0))} --for protected`
    output.note(`Not all of it is stored yet where it is to be; ${wait} waits for it.`)
  },
}

export const snapshotList: Command = {
  words: 'snapshot list',
  synopsis: 'FOLDER',
  summary: 'The snapshots of a folder, the oldest first. holdfast ls FOLDER --at NAME shows what is in one.',
  takes: [1, 1],
  async run({ argument, connect, output }) {
    const { client } = await connect()
    const result = await client.snapshots({ folder: argument(0) })
    output.result(result, () => table(['NAME', 'TIME', 'BY', 'ENTRIES', 'SIZE', 'STATE'], result.map(rowOf)) || 'No snapshots.')
  },
}

function rowOf({ name, time, by, entries, bytes, ...state }: Snapshot): (string | number)[] {
  return [name, localTime(time), by, entries, size(bytes), stateOf(state)]
}

function stateOf({ protected: isProtected, complete, lost }: Pick<Snapshot, 'protected' | 'complete' | 'lost'>): string {
  if (lost > 0) return `${lost === 1 ? '1 file is' : `${lost} files are`} on no device any more`
  return isProtected ? 'protected' : complete ? 'not all stored yet' : 'not all known here yet'
}

export const snapshotRestore: Command = {
  words: 'snapshot restore',
  synopsis: 'FOLDER NAME [--to DIR] [--partial] [--dry-run]',
  summary:
    'Makes a folder again what it was, by new versions and deletions, which can be taken back like any; or writes what it was into DIR, a new directory. --partial leaves out what no device that is connected has, says what that is, and ends with 1; without it nothing is restored then. --dry-run only says what that would be.',
  options: { to: { type: 'string' }, partial: { type: 'boolean' }, 'dry-run': { type: 'boolean' } },
  takes: [2, 2],
  async run({ argument, text, isSet, resolve, connect, output }) {
    const { client, transport } = await connect()
    const [to, dryRun, partial] = [text('to'), isSet('dry-run'), isSet('partial')]
    const restoring = client.restoreSnapshot({
      folder: argument(0),
      name: argument(1),
      to: to === undefined ? null : resolve(to),
      dryRun,
      partial,
    })
    const result = await withProgress({ transport, output }, 'snapshot restore', restoring)
    output.result(result, () => (dryRun ? plannedText(result, partial, names(result)) : restoredText(result, names(result))))
    return !dryRun && isPartial(result) ? 1 : 0
  },
}

export const snapshotDelete: Command = {
  words: 'snapshot delete',
  synopsis: 'FOLDER NAME',
  summary: 'Gives up a snapshot; the files stay, and what it showed is left to the retention policy again.',
  takes: [2, 2],
  async run({ argument, connect, output }) {
    const { client } = await connect()
    const result = await client.deleteSnapshot({ folder: argument(0), name: argument(1) })
    output.result(result, () => `Deleted: snapshot ${result.name}`)
  },
}

function names({ name }: { name: string }): RestoreNames {
  return { what: name, same: `the folder shows what ${name} shows` }
}
