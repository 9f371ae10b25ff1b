import type { TLSSocket } from 'node:tls'
import { HoldfastError } from '#base'
import { deviceIdOf, devicePublicKey, type DeviceId } from '#model'

/** What the accepting side of the first version sends before any frame. */
export const CONFIRMATION = Uint8Array.of(0x48, 0x46, 0x42, 0x01)
/** In the second version each side says this and which device it is, the dialing one first; in the third, messages may come in parts. Agreed on by ALPN. */
const PROTOCOL_WITH_PARTS = 'holdfast-bulk/3'
/** Those with a greeting; what is best comes first. */
export const BULK_PROTOCOLS = [PROTOCOL_WITH_PARTS, 'holdfast-bulk/2']
const GREETING = Uint8Array.of(0x48, 0x46, 0x42, 0x02)
export const GREETING_BYTES = GREETING.length + 32

export function greets({ alpnProtocol }: TLSSocket): boolean {
  return typeof alpnProtocol === 'string' && BULK_PROTOCOLS.includes(alpnProtocol)
}

export function knowsParts({ alpnProtocol }: TLSSocket): boolean {
  return alpnProtocol === PROTOCOL_WITH_PARTS
}

/** Which device is at this end of a bulk socket. */
export function encodeGreeting(device: DeviceId): Uint8Array {
  return Buffer.concat([GREETING, devicePublicKey(device)])
}

/** Throws `corrupt`. */
export function decodeGreeting(bytes: Uint8Array): DeviceId {
  if (bytes.length !== GREETING_BYTES || Buffer.compare(bytes.subarray(0, GREETING.length), GREETING) !== 0)
    throw new HoldfastError('corrupt', 'a bulk connection does not begin with a greeting')
  return deviceIdOf(bytes.slice(GREETING.length))
}

/** The next bytes of a socket, which stays paused behind them; rejects with `offline` when it closes before. */
export function readExactly(socket: TLSSocket, length: number): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const end = (): void => {
      socket.off('readable', look)
      socket.off('close', gone)
      socket.off('end', gone)
    }
    const look = (): void => {
      const bytes = socket.read(length) as Buffer | null
      if (bytes === null) return
      end()
      if (bytes.length === length) resolve(bytes)
      else reject(new HoldfastError('offline', 'it was closed'))
    }
    const gone = (): void => {
      end()
      reject(new HoldfastError('offline', 'it was closed'))
    }
    socket.on('readable', look)
    socket.once('close', gone)
    socket.once('end', gone)
    look()
  })
}
