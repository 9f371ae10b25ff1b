import type { OperationResult } from '#api/contract'
import type { Command } from '../command.ts'
import { withProgress } from '../progress.ts'
import { size } from '../text.ts'

/** Of the id of a folder whose name is not known. */
const ID_DIGITS = 8

type GcNote = OperationResult<'gc'>['notes'][number]

export const gc: Command = {
  words: 'gc',
  synopsis: '[--dry-run] [--abandoned] [--lost]',
  summary:
    'Forgets versions that the retention policies do not keep, frees what nothing has needed for a day (config set gc_grace), and drops from the archives what all stores have. It is done daily anyway. --abandoned: also what is held here of folders that no device takes part in any more, for good. --lost: also versions whose content is on no device any more, as far as they are looked for now and found nowhere: they are given up for good, on this device alone.',
  options: { 'dry-run': { type: 'boolean' }, abandoned: { type: 'boolean' }, lost: { type: 'boolean' } },
  async run({ isSet, connect, output }) {
    const dryRun = isSet('dry-run')
    const { client, transport } = await connect()
    const options = { dryRun, abandoned: isSet('abandoned'), lost: isSet('lost') }
    const result = await withProgress({ transport, output }, 'gc', client.gc(options))
    const { freedBytes, blocks, archivedFiles, waitingBytes, waitingBlocks, forgotten, elsewhere } = result
    output.result(result, () =>
      [
        ...(forgotten > 0
          ? [`${counted(forgotten, 'version')} ${dryRun ? 'would be forgotten. Without what these alone need:' : 'forgotten.'}`]
          : []),
        `${size(freedBytes)} ${dryRun ? 'would be freed now' : 'freed'}, in ${counted(blocks, 'block')}${archivedFiles > 0 ? ` and ${counted(archivedFiles, 'archived file')}` : ''}.`,
        ...(waitingBlocks > 0
          ? [`${size(waitingBytes)} more in ${counted(waitingBlocks, 'block')}, once the grace is over.`]
          : []),
        ...elsewhere
          .filter((each) => each.blocks > 0)
          .map(
            ({ folder, device, bytes, blocks: count }) =>
              `On ${device}: ${size(bytes)} of ${folder} in ${counted(count, 'block')}, once the grace there is over.`,
          ),
      ].join('\n'),
    )
    if (result.lost > 0) output.note(lostNote(result.lost, dryRun))
    for (const { folder, message } of result.undecided) output.note(`${folder}: ${message}`)
    if (result.strays.files > 0) output.note(strayNote(result.strays))
    for (const words of noteWords(result.notes)) output.note(words)
  },
}

function lostNote(lost: number, isDry: boolean): string {
  const [are, them] = lost === 1 ? ['is', 'it'] : ['are', 'them']
  return `${counted(lost, 'lost version')} ${isDry ? 'would be' : are} given up for good on this device. versions on the others says lost of ${them} until holdfast gc --lost is run there`
}

function strayNote({ files, bytes }: { files: number; bytes: number }): string {
  const [lie, they] = files === 1 ? ['lies', 'it is'] : ['lie', 'they are']
  return (
    `${counted(files, 'file')} of blocks (${size(bytes)}) ${lie} in the store here of which nobody can tell any more what ${they}, as where its database was lost. ` +
    'What is needed of that others bring again\n' +
    '  to free it, once holdfast repair on the devices of the folders says that nothing is lacking: holdfast gc --abandoned'
  )
}

/** Of folders whose names are not known here, one line for all of which the same is said. */
function noteWords(notes: readonly GcNote[]): string[] {
  const groups = Map.groupBy(notes, ({ folder, named, message }) => (named ? `${folder}/${message}` : message))
  return [...groups].map(([, same]) => {
    const [{ folder, named, message }] = same as [GcNote]
    if (named) return `${folder}: nothing more is freed now: ${message}`
    const ids = same.map((each) => `${each.folder.slice(0, ID_DIGITS)}…`).join(', ')
    return same.length === 1
      ? `Folder ${ids} (its name is told to no device that may not read it): nothing more is freed now: ${message}`
      : `${same.length} folders (${ids}; their names are told to no device that may not read them): nothing more is freed now; of each: ${message}`
  })
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`
}
