import type { DeviceId } from '#model'

/** Bytes of one message on a link at most. */
export const MAX_MESSAGE_BYTES = 4 * 1024 * 1024

/** What a link has carried so far; in bytes, those of messages that are under way too. */
export interface LinkProgress {
  readonly sent: number
  readonly received: number
  /** Of a message that has come in part. */
  readonly partial: number
  /** A second, of messages that came lately, from their first byte to their last; null before there was one that is large enough to tell. */
  readonly speed: number | null
}

/**
 * An ordered, reliable stream of messages to one authenticated device, until it closes. The real one runs over a libp2p stream or
 * the bulk channel's TLS socket, the simulator's over its own network. A message has 1 to MAX_MESSAGE_BYTES bytes.
 */
export interface Link {
  readonly device: DeviceId
  /**
   * Sends the pieces as one message. Resolves when there is room for the next message; rejects with `offline` once closed. The bytes
   * are the link's from now on: it reads them until the promise has resolved and later, and then may give their memory back.
   */
  send(...pieces: Uint8Array[]): Promise<void>
  /**
   * Sets the one listener. While a promise it returned is pending, no further message is delivered: backpressure. Messages that come
   * before there is a listener wait. Each message is a Uint8Array over an ArrayBuffer of exactly its size, the listener's to keep or
   * transfer. A listener that throws or rejects closes the link.
   */
  onMessage(listener: (message: Uint8Array) => void | Promise<void>): void
  /** Missing where it is not known. */
  readonly progress?: LinkProgress
  /** Aborts when the link has closed, from either side; the reason is a HoldfastError. */
  readonly closed: AbortSignal
  close(reason?: string): void
}

/** A connected device of our group. */
export interface Peer {
  readonly device: DeviceId
  /** For the index protocol; open as long as the peer is connected. Closing it disconnects the device. */
  readonly index: Link
  /**
   * For chunk data; opened on first use by either side, and again after it broke. Both sides get the same link, on which small messages may
   * overtake large ones. Rejects with `offline` when the device disconnects meanwhile.
   */
  bulk(): Promise<Link>
  /** Calls back for each bulk link that opens, whoever opened it, and at once for one that is open. Returns how to stop it. */
  onBulk(listener: (link: Link) => void): () => void
  /** Aborts when the device is no longer connected. */
  readonly closed: AbortSignal
  /** The multiaddr it is reached at. */
  readonly address: string
}
