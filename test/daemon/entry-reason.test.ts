import { expect, test } from 'vitest'
import { entryReason, type EntryFacts, type OtherDevice } from '../../src/daemon/entry-reason.ts'

const problem = { folder: 'shelf', path: 'a', code: 'full', message: 'the disk is full', hint: 'free some space', since: '' }
const ben: OtherDevice = { name: 'ben', connected: true, has: 'yes', takes: true, lacks: 0, hindrance: null }
const carol: OtherDevice = { ...ben, name: 'carol' }
const facts: EntryFacts = {
  folder: 'shelf',
  path: 'a',
  problem: null,
  folderFault: null,
  isIgnored: false,
  isKnown: true,
  conflict: null,
  deleted: null,
  paused: null,
  isHere: true,
  isToBeHere: true,
  isOnline: false,
  nowhere: null,
  others: [ben],
}
const told = (of: Partial<EntryFacts>) => {
  const { reasonCode, message, hint } = entryReason({ ...facts, ...of })
  return [reasonCode, message, hint !== null]
}

test('an entry is the same everywhere as far as is known', () => {
  expect(told({})).toEqual(['synced', 'It is the same on all devices of the folder.', false])
  expect(told({ others: [] })).toEqual(['synced', 'It is on this device; no other device has the folder.', false])
  const away = { ...carol, connected: false, has: 'unknown' as const, lacks: null }
  expect(told({ others: [ben, away] })).toEqual(['synced', 'It is the same on all devices, as far as is known here.', false])
})

test('what keeps it here is told first, with what to do', () => {
  const nowhere = { message: 'It is on no device that is connected.', hint: 'start ben' }
  const all: Partial<EntryFacts> = {
    problem,
    isIgnored: true,
    conflict: { with: 'a.conflict', by: 'ben' },
    paused: { message: 'Paused by you.' },
    isHere: false,
    nowhere,
  }
  expect(told(all)).toEqual(['problem', 'The disk is full.', true])
  expect(told({ ...all, problem: { ...problem, code: 'local-edit' } })[0]).toBe('local-edit')
  expect(told({ ...all, problem: null })[0]).toBe('ignored')
  expect(told({ ...all, problem: null, isIgnored: false })[0]).toBe('conflict')
  expect(told({ ...all, problem: null, isIgnored: false, conflict: null })[0]).toBe('paused')
  expect(told({ isHere: false, nowhere })).toEqual(['away', nowhere.message, true])
  expect(told({ isKnown: false, isHere: false })[0]).toBe('unknown')
  expect(told({ deleted: { by: 'ben', time: new Date(2026, 10, 30, 12).toISOString() } })).toEqual([
    'deleted',
    'It was deleted by ben on 2026-11-30 12:00:00.',
    true,
  ])
  expect(told({ folderFault: { message: 'The disk is gone.', hint: null } })).toEqual(['problem', 'The disk is gone.', false])
})

test('what is still to come names where it comes from', () => {
  expect(told({ isHere: false, others: [ben, carol] })).toEqual(['to-come', 'It is on its way here from ben and carol.', false])
  expect(told({ isHere: false, others: [] })).toEqual(['to-come', 'It is still to come to this device.', false])
  expect(told({ isHere: false, isToBeHere: false, isOnline: true })[0]).toBe('synced')
  expect(told({ isHere: false, isToBeHere: false })[2]).toBe(true)
})

test('what others lack names them, those that are connected first', () => {
  const lacks = { ...ben, has: 'no' as const }
  const away = { ...carol, connected: false, has: 'no' as const, lacks: null }
  expect(told({ others: [lacks, away] })).toEqual(['to-come-elsewhere', 'It is here, and on its way to ben.', false])
  expect(told({ others: [ben, away] })).toEqual([
    'away',
    'It is here; carol has not been connected since it changed, and gets it when it is.',
    true,
  ])
  expect(told({ others: [{ ...ben, has: 'unknown', lacks: 4 }] })[1]).toBe(
    'It is here; ben still lacks something of the folder, and this may be it.',
  )
  expect(told({ others: [{ ...lacks, hindrance: 'paused' }] })).toEqual([
    'to-come-elsewhere',
    'It is here, and ben may not have it: on ben the folder is paused.',
    true,
  ])
  // By its role it is not to have it.
  expect(told({ others: [{ ...lacks, takes: false }] })[0]).toBe('synced')
})
