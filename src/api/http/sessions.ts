import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import type { Clock, Random } from '#base'

/** How long a printed link opens the page, and how many unused ones are remembered. */
const CODE_MS = 15 * 60_000
const MAX_CODES = 32
/** How long a browser stays let in. */
export const SESSION_SECONDS = 30 * 86_400
const SIGNED_FOR = 'holdfast/v1/session'

/**
 * Who may use the page: a one-time code, printed where only this user sees it, is turned into a session token for a cookie. Tokens
 * are signed, not stored, so that they outlive a restart of the daemon; the key is the home directory's.
 */
export class Sessions {
  readonly #clock: Clock
  readonly #random: Random
  readonly #key: Uint8Array
  readonly #device: string
  /** SHA-256 of each unused code → until when, in ms. */
  readonly #codes = new Map<string, number>()

  constructor(components: { clock: Clock; random: Random }, { key, device }: { key: Uint8Array; device: string }) {
    this.#clock = components.clock
    this.#random = components.random
    this.#key = key
    this.#device = device
  }

  /** Cookies ignore ports: the device in the name keeps two daemons of one machine apart. */
  get cookie(): string {
    return `holdfast-${this.#device.slice(-8)}`
  }

  newCode(): string {
    const code = Buffer.from(this.#random.bytes(16)).toString('base64url')
    this.#codes.set(digest(code), this.#clock.now() + CODE_MS)
    for (const oldest of this.#codes.keys()) {
      if (this.#codes.size <= MAX_CODES) break
      this.#codes.delete(oldest)
    }
    return code
  }

  /** A session token for a code that was never used and is not too old, else undefined. */
  redeem(code: string): string | undefined {
    const key = digest(code)
    const until = this.#codes.get(key)
    this.#codes.delete(key)
    return until !== undefined && this.#clock.now() < until ? this.newToken() : undefined
  }

  newToken(): string {
    const until = Math.floor(this.#clock.now() / 1000) + SESSION_SECONDS
    return `${until}.${this.#sign(until).toString('base64url')}`
  }

  isValid(token: string): boolean {
    const [until = '', signature = ''] = token.split('.')
    if (!/^\d{1,12}$/.test(until) || Number(until) * 1000 <= this.#clock.now()) return false
    const given = Buffer.from(signature, 'base64url')
    const expected = this.#sign(Number(until))
    return given.length === expected.length && timingSafeEqual(given, expected)
  }

  #sign(until: number): Buffer {
    return createHmac('sha256', this.#key).update(`${SIGNED_FOR}\0${this.#device}\0${until}`).digest()
  }
}

function digest(code: string): string {
  return createHash('sha256').update(code).digest('base64')
}
