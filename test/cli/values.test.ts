import { describe, expect, it } from 'vitest'
import { defaultHome } from '#base'
import { chooseHome, startDirectory } from '../../src/cli/places.ts'
import { duration, printable, size, table } from '../../src/cli/text.ts'
import { parseHostPort, parsePercent, parseSeconds, parseTarget } from '../../src/cli/values.ts'

describe('values of the command line', () => {
  it.each([
    ['15m', 900],
    ['60s', 60],
    ['1h', 3600],
    ['500ms', 0.5],
    ['2d', 172_800],
    ['45', 45],
    ['1.5h', 5400],
  ])('%s is %d seconds', (text, seconds) => {
    expect(parseSeconds(text, '--for')).toBe(seconds)
  })
  it.each(['', '0s', '-1s', '1 h', 'h', '5y', 'Infinity'])('%j is no duration', (text) => {
    expect(() => parseSeconds(text, '--for')).toThrow('is not a duration')
  })

  it.each([
    ['10%', 10],
    ['0.5%', 0.5],
    ['100', 100],
  ])('%s are %d percent', (text, percent) => {
    expect(parsePercent(text, '--sample')).toBe(percent)
  })
  it.each(['', '%', '0%', '101%', '-1%', '10 %', 'all'])('%j is no part in percent', (text) => {
    expect(() => parsePercent(text, '--sample')).toThrow('is not a part in percent')
  })

  it.each([
    ['127.0.0.1:8390', '127.0.0.1', 8390],
    [':0', '127.0.0.1', 0],
    ['9000', '127.0.0.1', 9000],
    ['localhost:80', 'localhost', 80],
    ['[::1]:80', '::1', 80],
  ])('%s is an address', (text, host, port) => {
    expect(parseHostPort(text)).toEqual({ host, port })
  })
  it.each(['', 'localhost', '::1:80', '1.2.3.4:99999', ':x', 'http://localhost:80'])('%j is no address', (text) => {
    expect(() => parseHostPort(text)).toThrow('HOST:PORT')
  })

  it('splits a target at its first slash', () => {
    expect(parseTarget('photos/2030/a b.jpg')).toEqual({ folder: 'photos', path: '2030/a b.jpg' })
    expect(parseTarget('photos')).toEqual({ folder: 'photos', path: '' })
    expect(parseTarget('photos/sub/')).toEqual({ folder: 'photos', path: 'sub' })
    expect(() => parseTarget('/etc/passwd')).toThrow('does not begin with a folder')
  })
})

describe('places', () => {
  it('are meant from where the user typed, also below npm, but not below something that npm once started', () => {
    const env = { INIT_CWD: '/home/me', npm_package_json: '/opt/holdfast/package.json' }
    expect(startDirectory(env, '/opt/holdfast')).toBe('/home/me')
    expect(startDirectory(env, '/elsewhere')).toBe('/elsewhere')
    expect(startDirectory({}, '/here')).toBe('/here')
  })

  it('have a default on every system', () => {
    expect(defaultHome({}, 'linux', '/home/me')).toBe('/home/me/.local/share/holdfast')
    expect(defaultHome({ XDG_DATA_HOME: '/data' }, 'linux', '/home/me')).toBe('/data/holdfast')
    expect(defaultHome({}, 'darwin', '/Users/me')).toBe('/Users/me/Library/Application Support/Holdfast')
    expect(defaultHome({ LOCALAPPDATA: '/local' }, 'win32', '/u')).toBe('/local/Holdfast')
  })

  it('are chosen by --home before HOLDFAST_HOME', () => {
    expect(chooseHome('x', { HOLDFAST_HOME: '/y' }, '/start')).toBe('/start/x')
    expect(chooseHome(undefined, { HOLDFAST_HOME: 'y' }, '/start')).toBe('/start/y')
  })
})

describe('text for a terminal', () => {
  it('shows control characters of foreign names instead of obeying them', () => {
    expect(printable('a\u001b[2Jb\u009bc\u202ed')).toBe('a\\u001b[2Jb\\u009bc\\u202ed')
    expect(table(['N'], [['one\ntwo']])).toBe('N\none\\ntwo')
  })

  it('is short for sizes and times', () => {
    expect([0, 1023, 1536, 5e9, 2 ** 60].map(size)).toEqual(['0 B', '1023 B', '1.5 KiB', '4.7 GiB', '1024 PiB'])
    expect([0.25, 42, 90, 3725, 200_000].map(duration)).toEqual(['0.3 s', '42 s', '1 min', '1 h 2 min', '2 d 7 h'])
  })
})
