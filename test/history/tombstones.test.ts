import { describe, expect, it } from 'vitest'
import { decide, parsePolicy, type PolicyWords, type RetainableVersion } from '#history'
import { deletedAt, inWords, madeAt } from './made-at.ts'

function decided(words: PolicyWords, versions: readonly RetainableVersion[]): ReturnType<typeof inWords> {
  return inWords(decide(parsePolicy(words), versions))
}

describe('a deleted file', () => {
  const deleted = [
    madeAt('2026-05-01 10:00'),
    madeAt('2026-05-02 10:00'),
    madeAt('2026-05-02 11:00'),
    deletedAt('2026-05-02 12:00', { current: true }),
  ]

  it('keeps its last content under every rule, and says that it ended', () => {
    for (const words of [{ 'keep-last': '1' }, { 'keep-daily': '1' }, { 'keep-yearly': '1' }, { 'keep-within': '1h' }]) {
      const { keep } = decided(words, deleted)
      expect(Object.keys(keep)).toEqual(['2026-05-02 12:00', '2026-05-02 11:00'])
      expect(keep['2026-05-02 12:00']).toBe('current, ends 2026-05-02 11:00')
    }
  })

  it('keeps as much of its past as any other file', () => {
    expect(decided({ 'keep-daily': '2' }, deleted)).toEqual({
      keep: {
        '2026-05-02 12:00': 'current, ends 2026-05-02 11:00',
        '2026-05-02 11:00': 'daily',
        '2026-05-01 10:00': 'daily',
      },
      forget: { '2026-05-02 10:00': 'daily: 2026-05-02 is kept by 2026-05-02 11:00' },
    })
  })

  it('is not forgotten for having been deleted long after its last change', () => {
    const late = [madeAt('2020-05-01 10:00'), deletedAt('2026-05-01 10:00', { current: true })]
    expect(decided({ 'keep-within': '1y' }, late).forget).toEqual({})
  })
})

describe('a tombstone that is no head', () => {
  it('stays with the version that it ended', () => {
    const versions = [
      madeAt('2026-05-01 10:00'),
      deletedAt('2026-05-01 11:00'),
      madeAt('2026-05-01 12:00'),
      deletedAt('2026-05-01 13:00'),
      madeAt('2026-05-02 10:00', { current: true }),
    ]
    expect(decided({ 'keep-daily': '2' }, versions)).toEqual({
      keep: {
        '2026-05-02 10:00': 'current, daily',
        '2026-05-01 13:00': 'ends 2026-05-01 12:00',
        '2026-05-01 12:00': 'daily',
      },
      forget: {
        '2026-05-01 11:00': 'tombstone: no version before it is kept',
        '2026-05-01 10:00': 'daily: 2026-05-01 is kept by 2026-05-01 12:00',
      },
    })
  })

  it('stays each time that the path was deleted', () => {
    const versions = [
      madeAt('2026-05-01 10:00'),
      deletedAt('2026-05-01 11:00'),
      madeAt('2026-05-01 12:00'),
      deletedAt('2026-05-01 13:00'),
    ]
    expect(decided({ 'keep-last': '2' }, versions)).toEqual({
      keep: {
        '2026-05-01 13:00': 'ends 2026-05-01 12:00',
        '2026-05-01 12:00': 'last',
        '2026-05-01 11:00': 'ends 2026-05-01 10:00',
        '2026-05-01 10:00': 'last',
      },
      forget: {},
    })
  })

  it('goes where an earlier one says the same', () => {
    const versions = [
      madeAt('2026-05-01 10:00'),
      deletedAt('2026-05-01 11:00'),
      deletedAt('2026-05-01 12:00'),
      madeAt('2026-05-02 10:00'),
    ]
    expect(decided({ 'keep-last': '2' }, versions).forget).toEqual({
      '2026-05-01 12:00': 'tombstone: 2026-05-01 10:00 is ended by 2026-05-01 11:00',
    })
  })

  it('stays where it is the newest version', () => {
    const versions = [madeAt('2026-05-01 10:00'), deletedAt('2026-05-01 11:00'), deletedAt('2026-05-01 12:00')]
    expect(decided({ 'keep-last': '1' }, versions).keep['2026-05-01 12:00']).toBe('newest')
    expect(decided({ 'keep-last': '1' }, versions.slice(2)).keep).toEqual({ '2026-05-01 12:00': 'newest' })
  })
})
