import type { Command } from '../command.ts'
import { table } from '../text.ts'

export const nearby: Command = {
  words: 'nearby',
  synopsis: '',
  summary: 'Devices on the local network; for ten minutes they may begin a pairing with this one.',
  async run({ connect, output }) {
    const { client } = await connect()
    await client.openPairing({ seconds: 600 })
    const result = await client.nearby()
    output.result(
      result,
      () =>
        table(
          ['NAME', 'DEVICE', 'ADDRESS', 'DIGITS'],
          result.map(({ name, device, address, digits }) => [name, device, address, digits]),
        ) || 'Nobody yet. Run holdfast nearby on the other device too, or use holdfast invite.',
    )
  },
}
