import { createServer as createFront, type AddressInfo, type Server as Front, type Socket } from 'node:net'
import { connect, createServer, type ConnectionOptions, type Server, type TLSSocket } from 'node:tls'
import { HoldfastError, messageOf, type Clock, type Logger } from '#base'
import { sameBytes, type DeviceId } from '#model'
import {
  BULK_PROTOCOLS,
  CONFIRMATION,
  decodeGreeting,
  encodeGreeting,
  GREETING_BYTES,
  greets,
  readExactly,
} from './bulk-greeting.ts'
import { certificateHash, type Certificate } from './certificate.ts'
import { TryLimit } from './try-limit.ts'

const HANDSHAKE_TIMEOUT_MS = 5_000
const HIGH_WATER_MARK = 1024 * 1024
/** Handshakes under way with one address at most; and how many may come to nothing within a minute before it is not heard for one. */
const MAX_HANDSHAKES = 8
const MAX_FAILURES = { each: 20, all: 1_000 }
/** Refusals are logged at most this often: anybody can connect. */
const TELL_MS = 60_000
const TLS = {
  minVersion: 'TLSv1.3',
  maxVersion: 'TLSv1.3',
  ciphers: 'TLS_AES_128_GCM_SHA256',
  rejectUnauthorized: false,
  ALPNProtocols: BULK_PROTOCOLS,
} as const

export interface BulkSocketsParts {
  device: DeviceId
  certificate: Certificate
  clock: Clock
  logger: Logger
}

type Accept = (socket: TLSSocket) => void

/**
 * Opens and accepts the TLS sockets of bulk channels. Both sides' certificates are pinned: no name, date or authority counts. Since a
 * device could claim another's certificate for its own, each side also says which device it is: a socket belongs to the device that
 * shows a certificate and is named, never to one that only told of that certificate.
 */
export class BulkSockets {
  readonly #parts: BulkSocketsParts
  /** By certificate, then by the device that told of it. */
  readonly #expected = new Map<string, Map<DeviceId, Accept>>()
  readonly #failures: TryLimit
  /** Connections that have not been accepted yet, each with its address. */
  readonly #pending = new Map<string, string>()
  #server: Server | null = null
  #front: Front | null = null
  #refused = 0
  #told = -Infinity

  constructor(parts: BulkSocketsParts) {
    this.#parts = parts
    this.#failures = new TryLimit(parts.clock, MAX_FAILURES)
  }

  /** SHA-256 of the certificate that this device shows. */
  get certificateHash(): Uint8Array {
    return this.#parts.certificate.hash
  }

  /** Where it listens; 0 when it does not. */
  get port(): number {
    return (this.#front?.address() as AddressInfo | null)?.port ?? 0
  }

  async listen(host: string): Promise<void> {
    const { cert, key } = this.#parts.certificate
    const tls = { ...TLS, cert, key, requestCert: true, handshakeTimeout: HANDSHAKE_TIMEOUT_MS, highWaterMark: HIGH_WATER_MARK }
    const server = createServer(tls, (socket) => this.#accept(socket))
    server.on('tlsClientError', (error) => this.#parts.logger.debug({ error }, 'a bulk handshake failed'))
    // Before the handshake, which costs: TLS begins only for those that are still heard.
    const front = createFront({ noDelay: true, highWaterMark: HIGH_WATER_MARK }, (socket) => this.#entered(socket, server))
    await new Promise<void>((resolve, reject) => {
      front.once('error', reject)
      front.listen(0, host, () => {
        front.removeListener('error', reject)
        front.on('error', (error) => this.#parts.logger.warn({ error }, 'the bulk listener failed'))
        resolve()
      })
    })
    this.#server = server
    this.#front = front
  }

  close(): void {
    this.#front?.close()
    this.#server?.close()
    this.#front = null
    this.#server = null
    this.#expected.clear()
  }

  /** From now on sockets of `device` that show the certificate with this hash go to `accept`. Returns how to stop it. */
  expect(device: DeviceId, certificate: Uint8Array, accept: Accept): () => void {
    const pin = nameOf(certificate)
    const devices = this.#expected.get(pin) ?? new Map<DeviceId, Accept>()
    this.#expected.set(pin, devices.set(device, accept))
    return () => {
      if (devices.get(device) !== accept) return
      devices.delete(device)
      if (devices.size === 0 && this.#expected.get(pin) === devices) this.#expected.delete(pin)
    }
  }

  #entered(socket: Socket, server: Server): void {
    socket.on('error', () => socket.destroy())
    const address = socket.remoteAddress ?? ''
    const underWay = [...this.#pending.values()].filter((one) => one === address).length
    if (underWay >= MAX_HANDSHAKES || this.#failures.blocks(address)) {
      socket.destroy()
      this.#tell(address)
      return
    }
    const name = `${address} ${socket.remotePort ?? 0}`
    this.#pending.set(name, address)
    socket.once('close', () => {
      if (this.#pending.delete(name)) this.#failures.failed(address)
    })
    server.emit('connection', socket)
  }

  #accept(socket: TLSSocket): void {
    socket.on('error', () => socket.destroy())
    const address = socket.remoteAddress ?? ''
    const name = `${address} ${socket.remotePort ?? 0}`
    const timer = this.#parts.clock.after(HANDSHAKE_TIMEOUT_MS, () => socket.destroy())
    this.#find(socket)
      .then(({ accept, answer }) => {
        this.#pending.delete(name)
        socket.write(answer)
        accept(socket)
      })
      .catch((error: unknown) => {
        this.#parts.logger.debug({ address, reason: messageOf(error) }, 'a bulk connection was refused')
        this.#tell(address)
        socket.destroy()
      })
      .finally(() => timer.cancel())
  }

  /** For whom a socket is, and what confirms it; throws where nobody expects it. */
  async #find(socket: TLSSocket): Promise<{ accept: Accept; answer: Uint8Array }> {
    const shown = shownCertificate(socket)
    const devices = shown === undefined ? undefined : this.#expected.get(nameOf(shown))
    if (devices === undefined) throw offline('its certificate is not pinned')
    if (greets(socket)) {
      const accept = devices.get(decodeGreeting(await readExactly(socket, GREETING_BYTES)))
      if (accept === undefined) throw offline('its certificate is that of another device')
      return { accept, answer: encodeGreeting(this.#parts.device) }
    }
    // A device of the first version says nothing: where two claim its certificate, it cannot be told which of them is right.
    const [accept, ...others] = devices.values()
    if (accept === undefined || others.length > 0) throw offline('its certificate is claimed by two devices')
    return { accept, answer: CONFIRMATION }
  }

  #tell(address: string): void {
    this.#refused++
    const now = this.#parts.clock.monotonic()
    if (now - this.#told < TELL_MS) return
    this.#parts.logger.warn({ address, count: this.#refused }, 'bulk connections without a pinned certificate were refused')
    this.#told = now
    this.#refused = 0
  }

  /** A socket to `device`, if it listens there and shows the certificate with this hash; throws `offline` or `denied`. */
  dial(host: string, port: number, { device, certificate }: { device: DeviceId; certificate: Uint8Array }): Promise<TLSSocket> {
    const { cert, key } = this.#parts.certificate
    const { clock } = this.#parts
    // No `session`: a resumed one shows no certificate.
    const options: ConnectionOptions & { highWaterMark: number } = {
      ...TLS,
      host,
      port,
      cert,
      key,
      highWaterMark: HIGH_WATER_MARK,
    }
    const socket = connect(options)
    return new Promise<TLSSocket>((resolve, reject) => {
      const timer = clock.after(HANDSHAKE_TIMEOUT_MS, () => reject(offline('no answer in time')))
      socket.on('error', (error) => reject(offline(error.message)))
      socket.once('close', () => {
        timer.cancel()
        reject(offline('it was closed'))
      })
      socket.once('secureConnect', () => {
        this.#greet(socket, device, certificate).then(() => {
          timer.cancel()
          resolve(socket)
        }, reject)
      })
    }).catch((error: unknown) => {
      socket.destroy()
      throw error
    })
  }

  async #greet(socket: TLSSocket, device: DeviceId, certificate: Uint8Array): Promise<void> {
    const shown = shownCertificate(socket)
    if (shown === undefined || !sameBytes(shown, certificate))
      throw new HoldfastError('denied', 'the bulk channel leads to a certificate that is not the pinned one')
    if (!greets(socket)) {
      if (!sameBytes(await readExactly(socket, CONFIRMATION.length), CONFIRMATION)) throw offline('it was not confirmed')
      return
    }
    socket.write(encodeGreeting(this.#parts.device))
    if (decodeGreeting(await readExactly(socket, GREETING_BYTES)) !== device)
      throw new HoldfastError('denied', 'the bulk channel leads to another device, whose certificate was told as its own')
  }
}

function shownCertificate(socket: TLSSocket): Uint8Array | undefined {
  const certificate = socket.getPeerX509Certificate()
  return certificate === undefined ? undefined : certificateHash(certificate.raw)
}

function nameOf(hash: Uint8Array): string {
  return Buffer.from(hash).toString('hex')
}

function offline(why: string): HoldfastError {
  return new HoldfastError('offline', `no bulk channel could be opened: ${why}`)
}
