import { PassThrough } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { checkPassphrase } from '#peers'
import type { Call } from '../../src/cli/command.ts'
import { recoveryExport } from '../../src/cli/commands/recovery.ts'
import { passphrase } from '../../src/cli/passphrase.ts'

/** What a user at a terminal types, a key at a time, as soon as it is asked for. */
function terminal(keys: string, env: NodeJS.ProcessEnv = {}) {
  const shown: string[] = []
  const modes: boolean[] = []
  const input = Object.assign(new PassThrough(), { isTTY: true, setRawMode: (raw: boolean) => modes.push(raw) })
  const type = (text: string): void => {
    shown.push(text)
    const end = keys.indexOf('\r') + 1 || keys.length
    const [now, later] = [keys.slice(0, end), keys.slice(end)]
    keys = later
    setImmediate(() => {
      for (const key of now) input.write(key)
    })
  }
  const output = { ask: type, note: (text: string) => void shown.push(text) }
  return { call: { input, output, env } as unknown as Call, shown, modes }
}

function piped(text: string, env: NodeJS.ProcessEnv = {}): Call {
  const input = new PassThrough()
  input.end(text)
  return { input, env } as unknown as Call
}

function messageOf(work: () => void): string {
  try {
    work()
  } catch (error) {
    return (error as Error).message
  }
  return ''
}

describe('the passphrase of a recovery kit', () => {
  it('is typed without being shown, twice where it is a new one', async () => {
    const { call, shown, modes } = terminal('seven hulls\u007f\u007f\u007f\u007fills\rseven hills\r')
    expect(await passphrase(call, { twice: true })).toBe('seven hills')
    expect(shown.join('')).not.toMatch(/hills|hulls/)
    expect(modes).toEqual([true, false, true, false])
  })

  it('is asked for with what one has to be, which `--help` says before', async () => {
    const need = /at least .*/.exec(messageOf(() => checkPassphrase('short')))![0]
    const { call, shown } = terminal('seven hills\rseven hills\r')
    await passphrase(call, { twice: true })
    expect(shown[0]).toContain(need)
    expect(recoveryExport.summary).toContain(need)
  })

  it('is not taken where the second time it is another one, or the user gives up', async () => {
    await expect(passphrase(terminal('one\rother\r').call, { twice: true })).rejects.toMatchObject({ code: 'usage' })
    const { call, modes } = terminal('seven\u0003')
    await expect(passphrase(call, { twice: false })).rejects.toMatchObject({ code: 'usage' })
    expect(modes).toEqual([true, false])
  })

  it('comes for scripts from the environment, or else from the first line of the input', async () => {
    const env = { HOLDFAST_PASSPHRASE: 'from the environment' }
    expect(await passphrase(piped('of the input\n', env), { twice: true })).toBe('from the environment')
    expect(await passphrase(terminal('', env).call, { twice: true })).toBe('from the environment')
    expect(await passphrase(piped(' of the input \nand more\n'), { twice: true })).toBe(' of the input ')
    await expect(passphrase(piped(''), { twice: false })).rejects.toMatchObject({
      message: 'no passphrase was given',
      hint: 'set HOLDFAST_PASSPHRASE, or give it as the first line of stdin',
    })
  })
})
