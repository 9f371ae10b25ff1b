import { describe, expect, it } from 'vitest'
import { seededRandom, systemClock, type Clock } from '#base'
import { Sessions } from '../../src/api/http/sessions.ts'
import { OTHER, THIS } from './memory-backend.ts'

const MINUTE = 60_000
const DAY = 24 * 60 * MINUTE

function sessionsAt(
  start: number,
  { key = new Uint8Array(32), device = THIS } = {},
): { sessions: Sessions; pass: (ms: number) => void } {
  let now = start
  const clock: Clock = { ...systemClock, now: () => now }
  return { sessions: new Sessions({ clock, random: seededRandom(1) }, { key, device }), pass: (ms) => (now += ms) }
}

describe('a launch code', () => {
  it('works once', () => {
    const { sessions } = sessionsAt(1e12)
    const code = sessions.newCode()
    expect(sessions.redeem(code)).toBeDefined()
    expect(sessions.redeem(code)).toBeUndefined()
  })

  it('works for a quarter of an hour', () => {
    const { sessions, pass } = sessionsAt(1e12)
    const [early, late] = [sessions.newCode(), sessions.newCode()]
    pass(15 * MINUTE - 1)
    expect(sessions.redeem(early)).toBeDefined()
    pass(1)
    expect(sessions.redeem(late)).toBeUndefined()
  })

  it('is forgotten when many newer ones were made', () => {
    const { sessions } = sessionsAt(1e12)
    const first = sessions.newCode()
    for (let i = 0; i < 32; i++) sessions.newCode()
    expect(sessions.redeem(first)).toBeUndefined()
  })
})

describe('a session', () => {
  it('ends after thirty days', () => {
    const { sessions, pass } = sessionsAt(1e12)
    const token = sessions.newToken()
    pass(30 * DAY - 1000)
    expect(sessions.isValid(token)).toBe(true)
    pass(1000)
    expect(sessions.isValid(token)).toBe(false)
  })

  it('cannot be made longer, moved to another device, or made without the key', () => {
    const { sessions } = sessionsAt(1e12)
    const token = sessions.newToken()
    const [until = '', signature = ''] = token.split('.')
    expect(sessions.isValid(`${Number(until) + 1}.${signature}`)).toBe(false)
    expect(sessions.isValid(`${until}.`)).toBe(false)
    expect(sessions.isValid('')).toBe(false)
    expect(sessionsAt(1e12, { device: OTHER }).sessions.isValid(token)).toBe(false)
    expect(sessionsAt(1e12, { key: new Uint8Array(32).fill(1) }).sessions.isValid(token)).toBe(false)
  })

  it('has a cookie of its own for each device', () => {
    expect(sessionsAt(0).sessions.cookie).not.toBe(sessionsAt(0, { device: OTHER }).sessions.cookie)
  })
})
