import { stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { HoldfastError, shellWord } from '#base'
import { getContent, type ReceivedContent } from '#api/client'
import type { Call, Command } from '../command.ts'
import { copyTree } from '../copy-tree.ts'
import { needFree, writeFileWhole, writeLink } from '../local-files.ts'
import { orATime, parseThen } from '../moments.ts'
import { ByteProgress } from '../progress.ts'
import { whole } from '../received.ts'
import { size } from '../text.ts'
import { parseMoment, parseTarget, parseVersion } from '../values.ts'

const STDOUT = '-'

export const get: Command = {
  words: 'get',
  synopsis: 'TARGET [FILE] [--version V | --at TIME|SNAPSHOT] [--recursive] [--force]',
  summary:
    'Copies a file of a folder to FILE, or under its own name into the directory at hand; - is stdout. With --recursive a directory with all in it.',
  options: {
    version: { type: 'string' },
    at: { type: 'string' },
    recursive: { type: 'boolean' },
    force: { type: 'boolean' },
  },
  takes: [1, 2],
  async run(call) {
    const { args, argument, text, isSet, resolve, connect, output } = call
    const target = parseTarget(argument(0))
    const [version, at] = [text('version'), text('at')]
    if (version !== undefined && at !== undefined)
      throw new HoldfastError('usage', '--version and --at do not go together', {
        hint: `holdfast versions ${shellWord(argument(0))} lists the versions and their times`,
      })
    if (isSet('recursive')) {
      if (args[1] === STDOUT || version !== undefined)
        throw new HoldfastError('usage', `--recursive goes neither with ${STDOUT} nor with --version`, {
          hint: `holdfast get ${shellWord(argument(0))} DIRECTORY --recursive`,
        })
      const root = resolve(args[1] ?? (basename(target.path) || target.folder))
      const moment = at === undefined ? {} : parseMoment(at)
      const copying = copyTree(await connect(), { ...target, ...moment }, root, { force: isSet('force'), output })
      const total = await orATime(moment, copying)
      const words = `${total.entries} entries, ${size(total.bytes)}`
      return output.result({ path: root, version: null, ...total }, () => `Written: ${root} (${words})`)
    }
    if (target.path === '')
      throw new HoldfastError('usage', `${argument(0)} names no file`, {
        hint: 'write FOLDER/path/in/it; --recursive copies a whole folder',
      })
    const moment = parseThen(at)
    const query = { ...target, ...moment, ...(version === undefined ? {} : { version: parseVersion(version, argument(0)) }) }
    const { transport } = await connect()
    if (args[1] === STDOUT) {
      return await output.bytes(whole(await orATime(moment, getContent(transport, query)), target.path))
    }
    const place = await placeFor(call, target.path)
    if (!isSet('force')) await needFree(place)
    const content = await orATime(moment, getContent(transport, query))
    const progress = new ByteProgress(output, content.size)
    await write(place, content, progress.count(whole(content, target.path)), isSet('force')).finally(() => progress.end())
    output.result({ path: place, version: content.version, bytes: content.size }, () => `Written: ${place}`)
  },
}

/** FILE, or a name in it where it is a directory, or in the directory at hand. */
async function placeFor({ args, resolve }: Call, path: string): Promise<string> {
  const place = resolve(args[1] ?? basename(path))
  if (args[1] === undefined) return place
  const found = await stat(place).catch(() => null)
  return found?.isDirectory() === true ? join(place, basename(path)) : place
}

async function write(
  place: string,
  { kind, mode, mtime }: ReceivedContent,
  source: AsyncIterable<Uint8Array>,
  force: boolean,
): Promise<void> {
  if (kind === 'symlink') return await writeLink(place, Buffer.concat(await Array.fromAsync(source)).toString(), force)
  await writeFileWhole(place, source, { mode, mtime, force })
}
