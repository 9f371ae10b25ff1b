import { createInterface } from 'node:readline'
import type { Client } from '#api/client'
import { calledIn, type Pairing } from '#api/contract'
import { shellWord } from '#base'
import type { Call, Command } from '../command.ts'

export const pair: Command = {
  words: 'pair',
  synopsis: 'DEVICE',
  summary: 'Begins to pair with a nearby device: shows six digits, and waits until both sides have accepted them.',
  takes: [1, 1],
  async run(call) {
    const { client } = await call.connect()
    const { device, name, address, digits } = await client.pair({ device: call.argument(0) })
    const shown = `${digits}  ${name}  ${device}`
    if (call.json) call.output.note(shown)
    else call.output.result(digits, () => shown)
    const group = await decide(call, client, { device, name, digits })
    call.output.result({ device, name, address, digits, group }, () => `Paired with ${name}.`)
  },
}

/** Takes `y` or `n` from the input, or waits for `pairing accept` from elsewhere; the group once both sides agreed. */
async function decide(
  call: Call,
  client: Client,
  { device, name, digits }: Pick<Pairing, 'device' | 'name' | 'digits'>,
): Promise<string> {
  const reference = shellWord(calledIn(await client.pairings()).reference(device))
  call.output.note(
    call.input.isTTY
      ? `Does ${name} show the same digits? y or n:`
      : `When ${name} shows the same: holdfast pairing accept ${reference} --digits ${digits}`,
  )
  const failed = Promise.withResolvers<never>()
  const lines = createInterface({ input: call.input })
  lines.on('line', (line) => {
    const answer = line.trim().toLowerCase()
    if (answer === 'y' || answer === 'yes') client.acceptPairing({ device, digits }).catch(failed.reject)
    else if (answer === 'n' || answer === 'no') client.refusePairing({ device, reason: 'differ' }).catch(failed.reject)
  })
  try {
    return (await Promise.race([client.pairingOutcome({ device }), failed.promise])).group
  } finally {
    lines.close()
    call.input.destroy()
  }
}
