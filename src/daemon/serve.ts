import { createHash } from 'node:crypto'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { PageFile, PageSource } from '#api'
import { HoldfastError, hostPortOf, isOneFile, messageOf, ownFile, shellWord, systemClock } from '#base'
import { nativeBlake3Fault } from '#content'
import { isListenAddress } from '#peers'
import { lockHome } from './home-lock.ts'
import { hosted } from './hosted-child.ts'
import { openLog } from './logging.ts'
import { monitorLoop, threadWork } from './loop-monitor.ts'
import { warnOfLostDatabase } from './lost-database.ts'
import { nodeSpawner } from './node-spawner.ts'
import { Settings } from './settings.ts'
import { startDaemon } from './wire.ts'

export interface ServeOptions {
  home: string
  name: string | undefined
  listen: string[]
  http: { host: string; port: number; fallback: boolean }
  lan: boolean
  json: boolean
  version: string
}

/** Runs a daemon in this process until SIGTERM or SIGINT; a second signal ends it at once. Rejects when it cannot start. */
export async function serve(options: ServeOptions): Promise<void> {
  for (const address of options.listen) requireListenAddress(address)
  const home = resolve(options.home)
  const lock = lockHome(home)
  const settings = new Settings(home)
  const logger = openLog(home, settings.values.log_level)
  for (const fault of settings.faults) {
    logger.warn({}, fault)
    process.stderr.write(`holdfast: ${fault}\n`)
  }
  warnOfLostDatabase(home, logger, (text) => process.stderr.write(text))
  const loop = monitorLoop({ clock: systemClock, worked: threadWork })
  process.on('unhandledRejection', (error) => logger.error({ error }, 'a failure was not handled'))
  process.on('uncaughtException', (error) => {
    logger.error({ error }, 'the daemon broke')
    logger.flush()
    process.stderr.write(`holdfast: the daemon broke: ${messageOf(error)}\n`)
    process.exit(1)
  })
  if (options.name !== undefined && options.name !== settings.values.name) settings.set('name', options.name)
  const listen = options.listen.length > 0 ? options.listen : settings.values.listen
  const daemon = await startDaemon(
    { spawner: hosted(nodeSpawner()), logger, loop, settings },
    {
      home,
      http: httpAddress(options, settings.values.http),
      listen,
      lan: options.lan,
      uiDirectory: uiDirectory(),
      version: options.version,
    },
  ).catch((error: unknown) => {
    logger.error({ error }, 'the daemon could not start')
    loop.stop()
    logger.flush()
    lock.release()
    throw error
  })
  // Not before: until here a signal ends the process at once, whatever it waits for; nothing that it leaves behind does harm.
  const ended = whenTold()
  logger.info({ device: daemon.device, addresses: daemon.addresses, version: options.version }, 'ready')
  const error = nativeBlake3Fault()
  if (error !== null) logger.warn({ error }, 'the fast BLAKE3 of this platform cannot be loaded; files are read more slowly')
  const { device, name, server, addresses } = daemon
  if (options.name !== undefined && settings.values.name !== name) {
    settings.set('name', name)
    process.stderr.write(
      `holdfast: this device is called ${name} already, so --name ${options.name} changes nothing.\n` +
        `  To rename it: holdfast config set name ${shellWord(options.name)}\n`,
    )
  }
  if (options.json)
    process.stdout.write(`${JSON.stringify({ event: 'ready', device, name, http: server.url, home, addresses })}\n`)
  else process.stdout.write(`Holdfast runs on this device as ${name}.\nOpen its page: ${server.launchUrl()}\n`)
  await ended
  logger.info({}, 'stopping')
  await daemon.stop()
  loop.stop()
  logger.flush()
  lock.release()
}

function httpAddress({ http }: ServeOptions, setting: string): ServeOptions['http'] {
  if (!http.fallback) return http
  return { ...http, ...hostPortOf(setting) }
}

function requireListenAddress(address: string): void {
  if (isListenAddress(address)) return
  throw new HoldfastError('usage', `--listen ${address} is no multiaddr of a TCP port`, {
    hint: 'for example --listen /ip4/0.0.0.0/tcp/4001',
  })
}

/** The built page: inside of the one executable, beside the bundle, or in dist/ of a checkout. */
function uiDirectory(): PageSource {
  if (isOneFile) return pageFile
  return fileURLToPath(new URL(import.meta.url.endsWith('.ts') ? '../../dist/ui' : './ui', import.meta.url))
}

function pageFile(path: string): PageFile | undefined {
  const bytes = ownFile(`ui/${path}`)
  return bytes && { bytes, tag: `"${createHash('sha256').update(bytes).digest('base64url')}"` }
}

function whenTold(): Promise<void> {
  return new Promise((done) => {
    let told = false
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      process.on(signal, () => {
        if (told) process.exit(1)
        told = true
        done()
      })
    }
  })
}
