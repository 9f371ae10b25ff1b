import { messageOf } from '#base'

/** What sockets, libp2p and its handshake say, and what it means to whoever looks for a device. */
const WORDS: readonly [says: RegExp, means: string][] = [
  [/ECONNREFUSED/, 'nothing listens there'],
  [/ENOTFOUND|EAI_/, 'there is no such name'],
  [/E(HOST|NET)(UNREACH|DOWN)/, 'no way leads there'],
  [/time(d )?-?out|ETIMEDOUT|not done within/i, 'nobody answers there'],
  [/identity key .* does not match/, 'another device is there'],
  [
    /closed|EOF|ECONNRESET|EPIPE|newline|unsupported protocol/i,
    'whoever is there lets nobody in with this kit: of another group, or has not heard of it',
  ],
]

/** Why a device could not be reached, for people. A link that is refused while it is being made fails with an event, or with the end of its bytes. */
export function whyUnreached(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0)
    return [...new Set(error.errors.map((each: unknown) => whyUnreached(each)))].join('; ')
  const text = error instanceof Error ? `${messageOf(error)} ${whatCaused(error)}` : 'closed'
  return WORDS.find(([says]) => says.test(text))?.[1] ?? messageOf(error)
}

function whatCaused({ cause }: Error): string {
  return cause instanceof Error ? messageOf(cause) : ''
}
