import { afterAll, beforeAll, expect, it } from 'vitest'
import { start, startServer, type Outcome, type RunningServer } from './daemon-stand-in.ts'

let running: RunningServer
beforeAll(async () => {
  running = await startServer()
})
afterAll(() => running.close())

/** A command, with something on its stdin. */
async function typed(input: string, env: Record<string, string>, ...args: string[]): Promise<Outcome> {
  const { child, ended } = start(['--home', running.home, 'recovery', ...args], { env, cwd: running.home })
  child.stdin?.end(input)
  return await ended
}

it('makes a kit, with words that can be written down in their order, and brings a device back by either', async () => {
  const env = { HOLDFAST_PASSPHRASE: 'seven hills' }
  const [made, brought] = await Promise.all([
    typed('', env, 'export', 'kit.txt', '--words'),
    typed('zebra zoo\nmore', {}, 'restore', '--words', '--address', '/ip4/10.0.0.1/tcp/1', '--to', 'back'),
  ])
  expect([made.stderr, made.code, brought.stderr, brought.code]).toEqual(['', 0, '', 0])
  expect(made.stdout).toContain(' 7 zebra      8 zebra')
  expect(made.stdout).toContain('/ip4/10.0.0.7/tcp/4001')
  expect(made.stdout).toContain('devices remove recovery-kit')
  expect(brought.stdout).toContain('holdfast folder join photos PATH')
  const inputs = new Map(running.backend.calls.map(({ name, input }) => [name, input]))
  const file = `${running.home}/kit.txt`
  expect(inputs.get('exportRecovery')).toEqual({ file, passphrase: 'seven hills', words: true })
  const addresses = ['/ip4/10.0.0.1/tcp/1']
  const to = `${running.home}/back`
  expect(inputs.get('restoreRecovery')).toEqual({ file: null, passphrase: null, words: 'zebra zoo', addresses, to })
})
