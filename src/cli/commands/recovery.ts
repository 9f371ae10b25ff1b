import { shellWord } from '#base'
import type { Call, Command } from '../command.ts'
import { line, passphrase } from '../passphrase.ts'
import { table } from '../text.ts'

/** Words in a row, as they are printed. */
const ROW = 6

export const recoveryExport: Command = {
  words: 'recovery export',
  synopsis: 'FILE [--words] | --words',
  summary:
    'A recovery kit, by which an empty device gets every folder back when all your computers are gone: a file sealed with a passphrase of at least 12 characters, 6 of them different (asked for, or of HOLDFAST_PASSPHRASE, or the first line of stdin), words to print, or both.',
  options: { words: { type: 'boolean' } },
  takes: [0, 1],
  async run(call) {
    const { args, isSet, resolve, connect, output } = call
    const file = args[0] === undefined ? null : resolve(args[0])
    const { client } = await connect()
    const secret = file === null ? null : await passphrase(call, { twice: true })
    const result = await client.exportRecovery({ file, passphrase: secret, words: isSet('words') })
    output.result(result, () => {
      const opens = result.folders.map(({ name }) => name).join(', ')
      return [
        ...(result.file === null ? [] : [`Written: ${result.file}`]),
        ...(result.words === null
          ? []
          : ['', printed(result.words), '', 'Whoever has these words needs no passphrase.', addressNote(result.addresses)]),
        `It opens ${opens === '' ? 'no folder yet' : opens}, and folders that are made later. Keep it apart from your computers.`,
        `In the group it is called ${result.name}: holdfast devices remove ${shellWord(result.name)} ends it.`,
      ].join('\n')
    })
    for (const { message, hint } of result.notes) output.note(`${message}\n  ${hint}`)
  },
}

/** Addresses that are to be written down beside the words. */
const MOST_NOTED = 2

function addressNote(addresses: readonly string[]): string {
  const noted = addresses.slice(0, MOST_NOTED)
  if (noted.length === 0)
    return 'They find a device of the group on the local network alone: no address of another one is known here now.'
  return `They name no device: beyond the local network they need --address too. Write down with them: ${noted.join(' or ')}`
}

/** Numbered, since their order counts. */
function printed(words: readonly string[]): string {
  const rows = Array.from({ length: Math.ceil(words.length / ROW) }, (_, row) =>
    words.slice(row * ROW, (row + 1) * ROW).map((word, at) => `${String(row * ROW + at + 1).padStart(2)} ${word.padEnd(8)}`),
  )
  return rows.map((row) => row.join('  ').trimEnd()).join('\n')
}

export const recoveryRestore: Command = {
  words: 'recovery restore',
  synopsis: 'FILE | --words [--to DIR] [--address MULTIADDR]…',
  summary:
    'Brings this device, which has no folders yet, into the group of a recovery kit, and all its folders back: each into DIR/NAME, or online-only. --words reads the words of the kit in place of a file.',
  options: { words: { type: 'boolean' }, to: { type: 'string' }, address: { type: 'string', multiple: true } },
  takes: [0, 1],
  async run(call) {
    const { args, isSet, text, many, resolve, connect, output } = call
    const file = args[0] === undefined ? null : resolve(args[0])
    const to = text('to')
    const { client } = await connect()
    const words = isSet('words') ? await askWords(call) : null
    const result = await client.restoreRecovery({
      file,
      words,
      passphrase: file === null ? null : await passphrase(call, { twice: false }),
      addresses: many('address'),
      to: to === undefined ? null : resolve(to),
    })
    output.result(result, () => {
      const rows = result.folders.map(({ name, path }) => [name, path ?? 'online-only'])
      const [first] = result.folders.filter(({ path }) => path === null)
      return [
        'This device is in the group now.',
        '',
        table(['FOLDER', 'PLACE'], rows) || 'The kit opens no folder.',
        '',
        'What is in them comes from the devices that have it: holdfast status tells how far it is.',
        ...(first === undefined ? [] : [`To give one a place on this disk: holdfast folder join ${shellWord(first.name)} PATH`]),
      ].join('\n')
    })
    for (const { message, hint } of result.notes) output.note(`${message}\n  ${hint}`)
  },
}

async function askWords(call: Call): Promise<string> {
  if (call.input.isTTY) call.output.note('The 24 words of the kit, in their order and in one line:')
  return await line(call)
}
