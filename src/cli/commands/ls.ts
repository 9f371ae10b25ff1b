import type { ListItem } from '#api/contract'
import { localTime } from '#base'
import type { Command } from '../command.ts'
import { orATime } from '../moments.ts'
import { size, Table } from '../text.ts'
import { parseMoment, parseTarget, TIME_LIKE } from '../values.ts'

/** Entries that are asked for, and held, at once. */
const PAGE = 2_000

export const ls: Command = {
  words: 'ls',
  synopsis: '[TARGET] [--at TIME|SNAPSHOT] [--deleted] [--recursive]',
  summary: 'What is in a folder. TARGET is FOLDER/path/in/it.',
  options: { at: { type: 'string' }, deleted: { type: 'boolean' }, recursive: { type: 'boolean' } },
  takes: [0, 1],
  async run({ args, text, isSet, connect, output }) {
    const { client } = await connect()
    const at = text('at')
    const moment = at === undefined ? null : parseMoment(at)
    let listed = 0
    const asked = {
      ...(args[0] === undefined ? {} : parseTarget(args[0])),
      ...moment,
      deleted: isSet('deleted'),
      recursive: isSet('recursive'),
      limit: PAGE,
    }
    const table = new Table(['KIND', 'SIZE', 'MODIFIED', 'STATE', 'PATH'])
    await output.pages(
      allPages(async (after) => {
        const page = await orATime(moment ?? {}, client.list({ ...asked, after }))
        listed += page.length
        return page
      }),
      (page) => table.next(page.map(rowOf)),
    )
    if (listed === 0 && moment !== null && 'at' in moment)
      output.note(`Nothing was there at ${localTime(moment.at)}. A time of day is written like ${TIME_LIKE}.`)
  },
}

async function* allPages(ask: (after: string) => Promise<ListItem[]>): AsyncGenerator<ListItem[]> {
  for (let after = ''; ;) {
    const page = await ask(after)
    yield page
    const last = page.at(-1)
    if (last === undefined || page.length < PAGE) return
    after = last.path
  }
}

function rowOf({ folder, kind, size: bytes, modified, state, path }: ListItem): (string | null)[] {
  return [
    kind,
    kind === 'file' ? size(bytes) : null,
    modified === null ? null : localTime(modified),
    state,
    // Of a folder itself.
    path === '' ? folder : path,
  ]
}
