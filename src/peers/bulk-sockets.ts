import { connect, createServer, type ConnectionOptions, type Server, type TLSSocket } from 'node:tls'
import type { AddressInfo } from 'node:net'
import { HoldfastError, type Clock, type Logger } from '#base'
import { sameBytes } from '#model'
import { certificateHash, type Certificate } from './certificate.ts'

const HANDSHAKE_TIMEOUT_MS = 5_000
const HIGH_WATER_MARK = 1024 * 1024
/** What the accepting side sends before any frame once it has checked our certificate, which it does after our handshake has ended. */
const CONFIRMATION = Uint8Array.of(0x48, 0x46, 0x42, 0x01)
const TLS = {
  minVersion: 'TLSv1.3',
  maxVersion: 'TLSv1.3',
  ciphers: 'TLS_AES_128_GCM_SHA256',
  rejectUnauthorized: false,
} as const

export interface BulkSocketsParts {
  certificate: Certificate
  clock: Clock
  logger: Logger
}

/** Opens and accepts the TLS sockets of bulk channels. Both sides' certificates are pinned: no name, date or authority counts. */
export class BulkSockets {
  readonly #parts: BulkSocketsParts
  readonly #expected = new Map<string, (socket: TLSSocket) => void>()
  #server: Server | null = null

  constructor(parts: BulkSocketsParts) {
    this.#parts = parts
  }

  /** SHA-256 of the certificate that this device shows. */
  get certificateHash(): Uint8Array {
    return this.#parts.certificate.hash
  }

  /** Where it listens; 0 when it does not. */
  get port(): number {
    return (this.#server?.address() as AddressInfo | null)?.port ?? 0
  }

  async listen(host: string): Promise<void> {
    const { cert, key } = this.#parts.certificate
    const server = createServer(
      {
        ...TLS,
        cert,
        key,
        requestCert: true,
        handshakeTimeout: HANDSHAKE_TIMEOUT_MS,
        highWaterMark: HIGH_WATER_MARK,
        noDelay: true,
      },
      (socket) => this.#accept(socket),
    )
    server.on('tlsClientError', (error) => this.#parts.logger.debug({ error }, 'a bulk handshake failed'))
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen(0, host, () => {
        server.removeListener('error', reject)
        server.on('error', (error) => this.#parts.logger.warn({ error }, 'the bulk listener failed'))
        resolve()
      })
    })
    this.#server = server
  }

  close(): void {
    this.#server?.close()
    this.#server = null
    this.#expected.clear()
  }

  /** From now on sockets that show the certificate with this hash go to `accept`. Returns how to stop it. */
  expect(certificate: Uint8Array, accept: (socket: TLSSocket) => void): () => void {
    const pin = nameOf(certificate)
    this.#expected.set(pin, accept)
    return () => {
      if (this.#expected.get(pin) === accept) this.#expected.delete(pin)
    }
  }

  #accept(socket: TLSSocket): void {
    socket.on('error', () => socket.destroy())
    const shown = shownCertificate(socket)
    const accept = shown === undefined ? undefined : this.#expected.get(nameOf(shown))
    if (accept === undefined) {
      this.#parts.logger.warn({ address: socket.remoteAddress }, 'a bulk connection without a pinned certificate was refused')
      socket.destroy()
      return
    }
    socket.write(CONFIRMATION)
    accept(socket)
  }

  /** A socket to a device that listens there and shows the certificate with this hash; throws `offline` or `denied`. */
  dial(host: string, port: number, certificate: Uint8Array): Promise<TLSSocket> {
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
        const shown = shownCertificate(socket)
        if (shown === undefined || !sameBytes(shown, certificate)) {
          reject(new HoldfastError('denied', 'the bulk channel leads to a certificate that is not the pinned one'))
          return
        }
        socket.once('readable', () => {
          timer.cancel()
          const first = socket.read(CONFIRMATION.length) as Buffer | null
          if (first !== null && sameBytes(first, CONFIRMATION)) resolve(socket)
          else reject(offline('it was not confirmed'))
        })
      })
    }).catch((error: unknown) => {
      socket.destroy()
      throw error
    })
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
