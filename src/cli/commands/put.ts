import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { basename } from 'node:path'
import { Readable } from 'node:stream'
import { HoldfastError, microsecondsOf, shellWord } from '#base'
import { putContent } from '#api/client'
import type { PutQuery, Written } from '#api/contract'
import type { Call, Command } from '../command.ts'
import { ByteProgress } from '../progress.ts'
import { sendTree } from '../send-tree.ts'
import { size } from '../text.ts'
import { parseTarget } from '../values.ts'

const STDIN = '-'

export const put: Command = {
  words: 'put',
  synopsis: 'FILE TARGET [--recursive]',
  summary:
    'Puts a file into a folder at TARGET, or under its own name where TARGET ends with /; - is stdin. With --recursive what is in the directory FILE becomes what is in TARGET, beside what is there; what is there just so, by its content, is left.',
  options: { recursive: { type: 'boolean' } },
  takes: [2, 2],
  async run(call) {
    const { argument, isSet, resolve, connect, input, output } = call
    const [file, target] = [argument(0), targetOf(call)]
    if (file === STDIN) {
      if (isSet('recursive')) throw new HoldfastError('usage', `--recursive does not go with ${STDIN}`)
      const { transport } = await connect()
      const progress = new ByteProgress(output, null)
      try {
        const result = await putContent(transport, target, bodyOf(progress.count(input)))
        output.result(writtenOf(result), () => told(target, result.bytes))
      } finally {
        progress.end()
        // Whatever is still to come: nobody takes it.
        input.destroy()
      }
      return
    }
    const place = resolve(file)
    const found = await stat(place, { bigint: true })
    if (isSet('recursive')) {
      if (!found.isDirectory()) throw new HoldfastError('usage', `${file} is no directory`, { hint: 'leave --recursive out' })
      const result = await sendTree(await connect(), place, target, output)
      const { entries, unchanged } = result
      const left = unchanged === 0 ? '' : `, ${unchanged} of them unchanged`
      return output.result(result, () => `${told(target, result.bytes)}, ${entries} entries${left}`)
    }
    if (found.isDirectory())
      throw new HoldfastError('usage', `${file} is a directory`, {
        hint: `holdfast put ${shellWord(file)} ${shellWord(argument(1))} --recursive puts all that is in it`,
      })
    const { transport } = await connect()
    const progress = new ByteProgress(output, Number(found.size))
    const query = { ...target, mode: Number(found.mode) & 0o777, mtime: microsecondsOf(found.mtimeNs) }
    const source = bodyOf(progress.count(createReadStream(place)))
    const result = await putContent(transport, query, source).finally(() => progress.end())
    output.result(writtenOf(result), () => told(target, result.bytes))
  },
}

/** Where it goes; a directory that is meant gets the file's own name. */
function targetOf({ argument, isSet }: Call): Pick<PutQuery, 'folder' | 'path'> {
  const [file, word] = [argument(0), argument(1)]
  const target = parseTarget(word)
  if (isSet('recursive') || (target.path !== '' && !word.endsWith('/'))) return target
  if (file === STDIN)
    throw new HoldfastError('usage', `${word} names no file`, {
      hint: 'what comes from stdin has no name of its own: write FOLDER/path/in/it',
    })
  return { ...target, path: target.path === '' ? basename(file) : `${target.path}/${basename(file)}` }
}

function writtenOf({ path, version, bytes }: Written): Written {
  return { path, version, bytes }
}

function told({ folder, path }: Pick<PutQuery, 'folder' | 'path'>, bytes: number): string {
  return `Put: ${folder}/${path} (${size(bytes)})`
}

function bodyOf(source: AsyncIterable<Uint8Array>): ReadableStream<Uint8Array> {
  return Readable.toWeb(Readable.from(source, { objectMode: false, highWaterMark: 64 * 1024 })) as ReadableStream<Uint8Array>
}
