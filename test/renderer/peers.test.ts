import { expect, onTestFinished, test } from 'vitest'
import { addressPath } from '../../renderer/peers/address-path.ts'
import { codeOf, inviteLink } from '../../renderer/peers/invite-link.ts'
import { failureWords } from '../../renderer/parts/failure-words.ts'
import { de } from '../../renderer/text/de.ts'
import { en } from '../../renderer/text/en.ts'
import { setTexts } from '../../renderer/text/text.ts'
import { eventWords } from '../../renderer/parts/words.ts'
import { extremes, rows } from '../../renderer/health/series.ts'
import { savedBytes } from '../../renderer/health/saved.ts'
import { filtered, kindOf } from '../../renderer/live/activity-filter.ts'
import { newlyWaiting } from '../../renderer/live/newly-waiting.ts'
import { strength } from '../../renderer/settings/passphrase.ts'
import { bytesOf, plainSize, sizeText } from '../../renderer/settings/sizes.ts'
import { folderStatus, pairing, STRANGER } from '../api/memory-backend.ts'

test.each([
  ['/ip4/192.168.1.4/tcp/4001/p2p/x', 'local', '192.168.1.4:4001'],
  ['/ip4/172.32.0.1/tcp/1', 'internet', '172.32.0.1:1'],
  ['/ip4/127.0.0.1/udp/5/quic-v1', 'here', '127.0.0.1:5'],
  ['/ip6/fe80::1/tcp/1', 'local', '[fe80::1]:1'],
  ['/ip6/2001:db8::7/tcp/1', 'internet', '[2001:db8::7]:1'],
  ['/dns4/nas.local/tcp/1', 'local', 'nas.local:1'],
  ['/ip4/203.0.113.9/tcp/4001/p2p/x/p2p-circuit/p2p/y', 'relayed', null],
  ['', 'internet', null],
])('%s leads %s', (address, reach, host) => {
  expect(addressPath(address)).toEqual({ reach, host })
})

test.each([
  [' hf1-abc ', 'hf1-abc'],
  [inviteLink('hf1-a/b?c'), 'hf1-a/b?c'],
  ['HOLDFAST://join/hf1-abc/', 'hf1-abc'],
  ['holdfast://join/hf1-abc?x=1#y', 'hf1-abc'],
  ['holdfast://join/%zz', '%zz'],
  ['holdfast://join/', ''],
])('the code in %j is %j', (text, code) => {
  expect(codeOf(text)).toBe(code)
})

test.each([
  ['aaaaaaaaaaaaaaaaaaaa', 'short'],
  ['hunter2', 'short'],
  ['aaaaaaabcdefgh', 'weak'],
  ['correct horse battery staple', 'weak'],
  ['lantern gravel ostrich pewter canyon violet', 'good'],
  ['lantern gravel ostrich pewter canyon violet meadow tundra', 'strong'],
  ['k3#Vq9!mZr2$Lw', 'strong'],
])('the passphrase %j is %s', (passphrase, expected) => {
  expect(strength(passphrase)).toBe(expected)
})

test.each([
  ['100GB', 100e9],
  ['1.5 TiB', 1.5 * 2 ** 40],
  ['1,5 TB', 1.5e12],
  ['1,500 GB', 1.5e12],
  ['1,5,0 GB', null],
  ['5MB/s', 5e6],
  ['0', 0],
  ['many', null],
])('%s are %j bytes', (text, bytes) => {
  expect(bytesOf(text)).toBe(bytes)
})

test('a size is written so that it is read as the same', () => {
  for (const bytes of [0, 512, 500_000, 2e6, 183_270_000_000, 1.5e12]) expect(bytesOf(sizeText(bytes))).toBe(bytes)
})

test.each([
  ['1,5 GB', '1.5 GB', 1.5e9],
  ['1.5 GB', '1.5 GB', 1.5e9],
  ['1.500 GB', '1500 GB', 1.5e12],
  ['1.500,25 GB', '1500.25 GB', 1.50025e12],
  ['0,125 GB', '0.125 GB', 125e6],
  ['2,5MB/s', '2.5MB/s', 2.5e6],
  ['viel', 'viel', null],
])('in German %s is %s', (typed, plain, bytes) => {
  setTexts('de', de)
  onTestFinished(() => setTexts('en', en))
  expect(plainSize(typed)).toBe(plain)
  expect(bytesOf(typed)).toBe(bytes)
  expect(bytesOf(sizeText(183_270_000_000))).toBe(183_270_000_000)
})

test('figures of which nothing is known are passed over, in words as in the table', () => {
  const times = ['2030-01-01T00:00:00Z', '2030-01-01T00:01:00Z', '2030-01-01T00:02:00Z', '2030-01-01T00:03:00Z']
  const values = [null, 7, 9, 2]
  expect(extremes(times, values)).toEqual({ last: 2, most: 9, least: 2, mostAt: times[2] })
  expect(extremes(times, [null])).toBeNull()
  expect(rows(times, [{ name: 'a', values, colour: 'good' }]).map(({ time }) => time)).toEqual([times[3], times[2], times[1]])
})

test('nothing is saved where the store takes more than the files are long', () => {
  expect(savedBytes({ liveBytes: 5, versionBytes: 4, storedBytes: 3 })).toBe(6)
  expect(savedBytes({ liveBytes: 5, versionBytes: 0, storedBytes: 6 })).toBe(0)
})

test('what happened is found by its folder, its device and its kind', () => {
  const item = (event: string, folder: string, device: string) => ({
    ...{ number: 1, time: '', event, folder, path: null, from: null, device, by: null, detail: '' },
  })
  const all = [item('held', 'photos', 'a'), item('added', 'photos', 'b'), item('added', 'letters', 'a')]
  expect(filtered(all, { folder: '', device: '', kind: 'problems' })).toEqual([all[0]])
  expect(filtered(all, { folder: 'photos', device: 'b', kind: 'files' })).toEqual([all[1]])
  expect(kindOf('something new')).toBeNull()
})

test('what waits for somebody is said once, and again when it begins anew', () => {
  const waiting = new Set<string>()
  const says = (state: 'held' | 'idle') =>
    newlyWaiting({ event: 'folder', data: folderStatus('photos', 'a'.repeat(26), { state }) }, waiting)?.title
  expect([says('held'), says('held'), says('idle'), says('held')]).toEqual([
    'photos needs you',
    undefined,
    undefined,
    'photos needs you',
  ])
  const asks = pairing({ device: STRANGER, name: 'phone', address: '' })
  expect(newlyWaiting({ event: 'pairings', data: [{ ...asks, incoming: false }] }, waiting)).toBeNull()
  const askers = (...data: (typeof asks)[]) => newlyWaiting({ event: 'pairings', data }, waiting)?.tag
  expect([askers(asks), askers(asks), askers(), askers(asks)]).toEqual([STRANGER, undefined, undefined, STRANGER])
})

test('what the daemon says in English is said in the language of the page, as far as that knows it', () => {
  const ended = { message: 'the other device refused the pairing', hint: null, reason: 'refused-there' }
  expect(failureWords(ended).message).toBe('The other device refused the pairing')
  setTexts('de', de)
  try {
    expect(failureWords(ended).message).toBe('Das andere Gerät hat die Kopplung abgelehnt')
    expect(failureWords({ message: 'it was late', hint: null }).message).toBe('it was late')
    expect([eventWords('given-up'), eventWords('unheard-of')]).toEqual(['aufgegeben', 'unheard-of'])
  } finally {
    setTexts('en', en)
  }
})
