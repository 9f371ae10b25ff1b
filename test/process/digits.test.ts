import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { CommandFailed, type Device } from '../../scripts/device.ts'
import { missing, twoNamespaces } from '../peers/namespaces.ts'
import { Cluster, until } from './cluster.ts'

interface Waiting {
  device: string
  name: string
  digits: string
}

const why = missing()
if (why !== undefined) console.log(`skipped: pairing two daemons by six digits ${why}`)

describe.skipIf(why !== undefined)('six digits on the command line', () => {
  const cluster = new Cluster()
  let anna: Device
  let ben: Device
  let end = (): void => undefined

  beforeAll(async () => {
    const made = twoNamespaces()
    end = made.end
    const [one, two] = made.names
    anna = await cluster.start('anna', { namespace: one, lan: true })
    ben = await cluster.start('ben', { namespace: two, lan: true })
  })
  afterAll(async () => {
    await cluster.end()
    end()
  })

  /** Anna finds Ben and asks him; resolves with the command that waits, and what Ben is shown. */
  async function begin(): Promise<{ outcome: Promise<{ digits: string; group: string }>; shown: Waiting }> {
    await until('anna sees ben', async () => (await anna.cli<Waiting[]>('nearby')).some(({ name }) => name === 'ben'))
    const outcome = anna.cli<{ digits: string; group: string }>('pair', 'ben')
    outcome.catch(() => undefined)
    await until('ben is asked', async () => (await ben.cli<Waiting[]>('pairing', 'list')).length > 0)
    const [shown] = await ben.cli<Waiting[]>('pairing', 'list')
    return { outcome, shown: shown! }
  }

  test('end the pairing on both sides when they differ', async () => {
    const { outcome, shown } = await begin()
    const other = shown.digits === '000000' ? '000001' : '000000'
    await expect(ben.cli('pairing', 'accept', 'anna', '--digits', other)).rejects.toMatchObject({ exitCode: 1, code: 'denied' })
    await expect(outcome).rejects.toBeInstanceOf(CommandFailed)
    expect(await ben.cli<unknown[]>('devices')).toHaveLength(1)
  })

  test('join two daemons that find each other on the network, when both accept the same', async () => {
    const { outcome, shown } = await begin()
    expect(shown).toMatchObject({ device: anna.ready.device, name: 'anna', digits: expect.stringMatching(/^\d{6}$/) as string })
    await ben.cli('pairing', 'accept', 'anna', '--digits', shown.digits)
    await anna.cli('pairing', 'accept', 'ben', '--digits', shown.digits)
    expect((await outcome).digits).toBe(shown.digits)
    await until('they are connected', async () => (await anna.client.status()).peers.some(({ connected }) => connected))
    expect(await ben.cli<{ name: string }[]>('devices')).toMatchObject([{ name: 'ben' }, { name: 'anna' }])
  })
})
