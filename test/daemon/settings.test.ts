import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { Settings } from '../../src/daemon/settings.ts'

test('a value is checked without being kept, and kept when it is set', () => {
  const home = mkdtempSync(join(tmpdir(), 'holdfast-settings-'))
  onTestFinished(() => rmSync(home, { recursive: true }))
  const settings = new Settings(home)
  expect(settings.check('name', 'desk').name).toBe('desk')
  expect(settings.values.name).not.toBe('desk')
  expect(() => settings.check('name', '')).toThrow(expect.objectContaining({ code: 'usage' }))
  settings.set('name', 'desk')
  expect(JSON.parse(readFileSync(join(home, 'config.json'), 'utf8'))).toEqual({ name: 'desk' })
  expect(new Settings(home).values.name).toBe('desk')
})

function homeWith(config: unknown): string {
  const home = mkdtempSync(join(tmpdir(), 'holdfast-settings-'))
  onTestFinished(() => rmSync(home, { recursive: true }))
  writeFileSync(join(home, 'config.json'), JSON.stringify(config))
  return home
}

test.each([
  ['listen', 'nonsense', 'usage'],
  ['listen', '/ip4/127.0.0.1/tcp/4001,/ip4/127.0.0.1/udp/4001', 'usage'],
  ['listen', '/ip4/127.0.0.1/tcp/99999', 'usage'],
  ['http', 'nonsense', 'usage'],
  ['http', '127.0.0.1:99999', 'usage'],
  ['http', '0.0.0.0:80', 'denied'],
  ['log_level', 'loud', 'usage'],
  ['gc_grace', 'soon', 'usage'],
  ['gc_grace', '-1d', 'usage'],
  ['cache_bytes', 'much', 'usage'],
  ['cache_bytes', '-1', 'usage'],
  ['scrub_days', '', 'usage'],
  ['scrub_days', 'often', 'usage'],
  ['scrub_days', '4000', 'usage'],
  ['scrub_days', -1, 'usage'],
  ['pledge', 'much', 'usage'],
  ['pledge', -1, 'usage'],
  ['pledge', 1.5, 'usage'],
  ['pledge', '99999TB', 'usage'],
  ['rate_limit_up', 'fast', 'usage'],
  ['rate_limit_up', '5Mbit', 'usage'],
  ['rate_limit_down', '-5MB', 'usage'],
  ['rate_limit_down', '9KB/s', 'usage'],
  ['rate_limit_down', true, 'usage'],
])('%s does not take %s', (key, value, code) => {
  const settings = new Settings(homeWith({}))
  const before = settings.values
  expect(() => settings.set(key, value)).toThrow(expect.objectContaining({ code, hint: expect.any(String) }))
  expect(settings.values).toEqual(before)
})

test.each([
  ['listen', '/ip4/0.0.0.0/tcp/4001, /ip6/::/tcp/4001', ['/ip4/0.0.0.0/tcp/4001', '/ip6/::/tcp/4001']],
  ['listen', '', []],
  ['http', '[::1]:80', '[::1]:80'],
  ['http', 'localhost:9000', 'localhost:9000'],
  ['gc_grace', '12h', '12h'],
  ['gc_grace', '0', '0'],
  ['scrub_days', '7', 7],
  ['scrub_days', 0, 0],
  ['pledge', '100GB', 100e9],
  ['pledge', '1.5TiB', 1.5 * 1024 ** 4],
  ['cache_bytes', '1TB', 1e12],
  ['cache_bytes', '4096', 4096],
  ['pledge', 4096, 4096],
  ['pledge', '0', 0],
  ['rate_limit_up', '5MB', '5MB'],
  ['rate_limit_up', '500KB/s', '500KB/s'],
  ['rate_limit_down', 1e6, '1000000'],
  ['rate_limit_down', '0', '0'],
])('%s takes %s', (key, value, kept) => {
  const home = homeWith({})
  new Settings(home).set(key, value)
  expect(new Settings(home).get(key)).toEqual(kept)
})

test('what cannot be used in the file is told, the rest counts, and a command mends it', () => {
  const home = homeWith({ name: 'desk', listen: ['nonsense'], http: '0.0.0.0:80', colour: 'red' })
  const settings = new Settings(home)
  expect(settings.values).toMatchObject({ name: 'desk', listen: [], http: '127.0.0.1:8390' })
  const file = join(home, 'config.json')
  expect(settings.faults).toEqual([
    expect.stringMatching(`listen in ${file} cannot be used.*holdfast config set listen VALUE`),
    expect.stringMatching(`http in ${file} cannot be used.*0.0.0.0.*holdfast config set http VALUE`),
    `colour in ${file} is no setting, and is passed over`,
  ])
  settings.set('http', '127.0.0.1:9000')
  const again = new Settings(home)
  expect(again.faults).toEqual([])
  expect(again.values).toMatchObject({ name: 'desk', http: '127.0.0.1:9000' })
})

test('a file that is no list of settings is told by its name', () => {
  for (const config of [['nonsense'], 'nonsense', 7])
    expect(() => new Settings(homeWith(config))).toThrow(/^the settings in .*config\.json cannot be read$/)
})

test('a number is kept as one, however it was typed', () => {
  const home = homeWith({})
  const settings = new Settings(home)
  expect(settings.values.cache_bytes).toBe(1024 ** 3)
  settings.set('cache_bytes', '1000')
  expect(JSON.parse(readFileSync(join(home, 'config.json'), 'utf8'))).toEqual({ cache_bytes: 1000 })
  expect(new Settings(home).values.cache_bytes).toBe(1000)
})
