import { HoldfastError } from '#base'
import type { Command } from '../command.ts'
import { table } from '../text.ts'

export const pairingList: Command = {
  words: 'pairing list',
  synopsis: '',
  summary: 'Pairings that wait for somebody; for ten minutes others may begin one.',
  async run({ connect, output }) {
    const { client } = await connect()
    await client.openPairing({ seconds: 600 })
    const result = await client.pairings()
    output.result(
      result,
      () =>
        table(
          ['DIGITS', 'NAME', 'DEVICE', 'ACCEPTED'],
          result.map(({ digits, name, device, acceptedHere, acceptedThere }) => [
            digits,
            name,
            device,
            [acceptedHere ? 'here' : '', acceptedThere ? 'there' : ''].filter(Boolean).join(', ') || 'not yet',
          ]),
        ) || 'No pairing waits.',
    )
  },
}

export const pairingAccept: Command = {
  words: 'pairing accept',
  synopsis: 'DEVICE --digits N',
  summary: 'Says that the other screen shows these six digits. Both sides have to.',
  options: { digits: { type: 'string' } },
  takes: [1, 1],
  async run({ argument, text, connect, output }) {
    const digits = (text('digits') ?? '').replaceAll(/[\s-]/g, '')
    if (!/^\d{6}$/.test(digits))
      throw new HoldfastError('usage', digits === '' ? 'the six digits are missing' : `${digits} are not six digits`, {
        hint: 'holdfast pairing accept DEVICE --digits N, as both screens show them',
      })
    const { client } = await connect()
    const result = await client.acceptPairing({ device: argument(0), digits })
    output.result(result, () =>
      result.acceptedThere ? `Paired with ${result.name}.` : `Accepted here; ${result.name} has not yet.`,
    )
  },
}

export const pairingRefuse: Command = {
  words: 'pairing refuse',
  synopsis: 'DEVICE',
  summary: 'Ends a pairing whose digits differ, or that nobody here wants.',
  takes: [1, 1],
  async run({ argument, connect, output }) {
    const { client } = await connect()
    const result = await client.refusePairing({ device: argument(0) })
    output.result(result, () => 'Refused.')
  },
}
