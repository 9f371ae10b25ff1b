import type { Command } from '../command.ts'
import { VERSION } from '../version.ts'
import { parseHostPort } from '../values.ts'

/** What the daemon is started with. */
export interface ServeArguments {
  /** Absolute; not necessarily there yet. */
  home: string
  /** What others see this device as; undefined = as it was, or the computer's name. */
  name: string | undefined
  /** Multiaddrs to listen at; none = the default ones. */
  listen: string[]
  /** Where browsers find the page; `fallback` = any free port will do when this one is taken. */
  http: { host: string; port: number; fallback: boolean }
  /** Find and be found on the local network. */
  lan: boolean
  /** Print one line of JSON to stdout when ready. */
  json: boolean
  /** Of the program. */
  version: string
}

/** Runs a daemon until it is told to stop; rejects when it cannot start. */
export type Serve = (args: ServeArguments) => Promise<unknown>

export function serveWith(serve: Serve): Command {
  return {
    words: 'serve',
    synopsis: '[--name N] [--listen MULTIADDR]… [--http HOST:PORT] [--no-lan]',
    summary: 'Runs this device in the foreground, until it is stopped. The page is at 127.0.0.1:8390 unless told otherwise.',
    options: {
      name: { type: 'string' },
      listen: { type: 'string', multiple: true },
      http: { type: 'string' },
      'no-lan': { type: 'boolean' },
    },
    async run(call) {
      const http = call.text('http')
      await serve({
        home: call.home,
        name: call.text('name'),
        listen: call.many('listen'),
        http:
          http === undefined ? { host: '127.0.0.1', port: 8390, fallback: true } : { ...parseHostPort(http), fallback: false },
        lan: !call.isSet('no-lan'),
        json: call.json,
        version: VERSION,
      })
    },
  }
}
