import { createInterface } from 'node:readline'
import { HoldfastError } from '#base'
import type { Call } from './command.ts'

/** The variable that scripts set. An argument would be seen by every user of the computer. */
const VARIABLE = 'HOLDFAST_PASSPHRASE'

/** The passphrase of a kit: from the environment, else asked for without an echo (`twice`: a new one), else the first line of the input. */
export async function passphrase(call: Call, { twice }: { twice: boolean }): Promise<string> {
  const set = call.env[VARIABLE]
  if (set !== undefined && set !== '') return set
  if (!call.input.isTTY) return needed(await line(call))
  const first = await askHidden(
    call,
    `Passphrase of the recovery kit${twice ? ' (at least 12 characters, 6 of them different)' : ''}: `,
  )
  if (twice && (await askHidden(call, 'The same once more: ')) !== first)
    throw new HoldfastError('usage', 'the two passphrases are not the same', { hint: 'begin again' })
  return first
}

function needed(given: string): string {
  if (given.trim() !== '') return given
  throw new HoldfastError('usage', 'no passphrase was given', { hint: `set ${VARIABLE}, or give it as the first line of stdin` })
}

/** One line of the input, of whatever it is. */
export async function line({ input }: Pick<Call, 'input'>): Promise<string> {
  const lines = createInterface({ input })
  try {
    for await (const text of lines) return text
    return ''
  } finally {
    lines.close()
    input.destroy()
  }
}

/** What is typed, to its end of line, and shown nowhere. */
function askHidden({ input, output }: Call, question: string): Promise<string> {
  output.ask(question)
  return new Promise((resolve, reject) => {
    let typed = ''
    const end = (): void => {
      input.off('data', take)
      input.setRawMode(false)
      input.pause()
      output.note(' ')
    }
    const take = (text: string): void => {
      for (const character of text) {
        if (character === '\r' || character === '\n') {
          end()
          return resolve(typed)
        }
        if (character === '\u0003' || character === '\u0004') {
          end()
          return reject(new HoldfastError('usage', 'no passphrase was given', { hint: `type it, or set ${VARIABLE}` }))
        }
        if (character === '\u007f' || character === '\b') typed = typed.replace(/.$/su, '')
        else typed += character
      }
    }
    input.setRawMode(true)
    input.setEncoding('utf8')
    input.on('data', take)
    input.resume()
  })
}
