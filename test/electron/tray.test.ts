import { expect, test } from 'vitest'
import { iconFile, position } from '../../renderer/shell/screen-places.ts'
import { Notices, noticesOf } from '../../renderer/shell/notices.ts'
import { heard, lookOf, type Look, type Standing } from '../../renderer/shell/standing.ts'
import { textsFor } from '../../renderer/shell/texts.ts'
import { template, type Command, type MenuEntry } from '../../renderer/shell/tray-menu.ts'
import { folderStatus, MemoryBackend, pairing } from '../api/memory-backend.ts'

const t = textsFor(['en'])
const PHONE = { device: 'p', name: 'phone', address: '/ip4/192.0.2.7/tcp/4001' }
const photos = folderStatus('photos', 'a')
const music = folderStatus('music', 'b', { state: 'offered', path: null })
const rest: Standing = { device: 'desk', folders: [photos, music], full: [], pairings: [], removed: null }
const having = (more: Partial<typeof photos>): Standing => ({ ...rest, folders: [{ ...photos, ...more }, music] })

const POPOVER = { width: 360, height: 520 }
const FULL_HD = { x: 0, y: 0, width: 1920, height: 1040 }

test.each([
  ['macOS, under the menu bar', { x: 1500, y: 0, width: 24, height: 24 }, { x: 0, y: 25, width: 1920, height: 1055 }, 1332, 28],
  ['macOS, at the right edge', { x: 1890, y: 0, width: 24, height: 24 }, { x: 0, y: 25, width: 1920, height: 1055 }, 1560, 28],
  [
    'macOS, on a screen at the left',
    { x: -400, y: 0, width: 24, height: 24 },
    { x: -1440, y: 25, width: 1440, height: 875 },
    -568,
    28,
  ],
  ['Windows, above a taskbar below', { x: 1700, y: 1044, width: 32, height: 32 }, FULL_HD, 1536, 520],
  [
    'Windows, under a taskbar above',
    { x: 1700, y: 4, width: 32, height: 32 },
    { x: 0, y: 40, width: 1920, height: 1040 },
    1536,
    40,
  ],
  [
    'Windows, by a taskbar at the left',
    { x: 4, y: 1000, width: 32, height: 32 },
    { x: 60, y: 0, width: 1860, height: 1080 },
    60,
    476,
  ],
  [
    'Windows, by a taskbar at the right',
    { x: 1884, y: 1000, width: 32, height: 32 },
    { x: 0, y: 0, width: 1860, height: 1080 },
    1500,
    476,
  ],
  ['Windows, in the overflow', { x: 1600, y: 930, width: 40, height: 40 }, FULL_HD, 1440, 406],
  ['Linux, where no place of the icon is told', { x: 0, y: 0, width: 0, height: 0 }, FULL_HD, 0, 4],
  ['a screen smaller than the popover', { x: 200, y: 0, width: 20, height: 20 }, { x: 0, y: 20, width: 300, height: 400 }, 0, 20],
])('the popover is by its icon and on the screen: %s', (_, icon, area, x, y) => {
  expect(position(icon, area, POPOVER)).toEqual({ x, y })
})

test.each<[Look, Standing | null]>([
  ['offline', null],
  ['idle', rest],
  ['idle', { ...rest, folders: [] }],
  ['syncing', having({ state: 'syncing' })],
  ['paused', having({ state: 'paused' })],
  ['attention', having({ state: 'held' })],
  ['attention', having({ state: 'blocked' })],
  ['attention', having({ state: 'error' })],
  ['attention', having({ state: 'syncing', conflicts: 1 })],
  ['attention', having({ problems: 2 })],
  ['attention', { ...rest, pairings: [pairing(PHONE)] }],
  ['idle', { ...rest, pairings: [{ ...pairing(PHONE), incoming: false }] }],
  ['attention', { ...rest, removed: { by: 'x', time: '' } as unknown as Standing['removed'] }],
])('the icon says %s', (look, standing) => {
  expect(lookOf(standing)).toBe(look)
  expect([iconFile(look, 'darwin'), iconFile(look, 'win32'), iconFile(look, 'linux')]).toEqual([
    `${look}Template.png`,
    `${look}.png`,
    `${look}Linux.png`,
  ])
})

/** What the menu shows, as lines; and what each of its lines does. */
function shown(entries: readonly MenuEntry[], indent = ''): string[] {
  return entries.flatMap(({ label, type, enabled, submenu }) => [
    `${indent}${type === 'separator' ? '—' : label}${enabled === false ? ' (grey)' : ''}`,
    ...shown(submenu ?? [], `${indent}  `),
  ])
}
function done(entries: readonly MenuEntry[], run: Command[]): Command[] {
  for (const { click, submenu } of entries) {
    click?.()
    done(submenu ?? [], run)
  }
  return run
}

test('the menu has every command, and each does what it says', () => {
  const run: Command[] = []
  const menu = template(having({ conflicts: 2 }), t, (command) => run.push(command))
  expect(shown(menu)).toEqual([
    'Something needs you (grey)',
    'photos: changed on two devices at once',
    '—',
    'Open Holdfast',
    'Folders',
    '  photos: in sync',
    '  music: offered',
    'Settings…',
    '—',
    'Pause syncing',
    '  For 30 minutes',
    '  For 1 hour',
    '  Until tomorrow',
    '  Until resumed',
    'Quit Holdfast',
  ])
  expect(done(menu, run)).toEqual([
    { open: '/conflicts?folder=a' },
    { open: '/' },
    { open: '/?folder=a' },
    { open: '/?folder=b' },
    { open: '/settings' },
    { pause: 1800 },
    { pause: 3600 },
    { pause: expect.any(Number) },
    { pause: null },
    'quit',
  ])
})

test('what is paused can be resumed; without a daemon there is little to choose', () => {
  expect(shown(template(having({ state: 'paused' }), t, () => undefined))).toContain('Resume syncing')
  expect(shown(template(having({ state: 'paused' }), t, () => undefined))).not.toContain('Pause syncing')
  expect(shown(template(null, textsFor(['de-AT']), () => undefined))).toEqual([
    'Wird gestartet … (grey)',
    '—',
    'Holdfast öffnen',
    'Einstellungen …',
    '—',
    'Holdfast beenden',
  ])
})

test('there is a notice of what needs somebody, once until it is over, and none of what was there at the start', () => {
  const notices = new Notices()
  const fresh = (standing: Standing): string[] =>
    notices.fresh(noticesOf(standing, t)).map(({ title, place }) => `${title} → ${place}`)
  expect(fresh(having({ conflicts: 1 }))).toEqual([])
  expect(fresh(having({ conflicts: 2, state: 'held', heldEntries: 40 }))).toEqual([
    'photos: many files vanished at once → /?folder=a',
  ])
  expect(fresh(having({ conflicts: 2, state: 'held', heldEntries: 41 }))).toEqual([])
  expect(fresh(having({ state: 'syncing' }))).toEqual([])
  expect(fresh(having({ state: 'blocked', conflicts: 1, reason: 'It is gone.' }))).toEqual([
    'photos does not sync → /?folder=a',
    'photos: changed on two devices at once → /conflicts?folder=a',
  ])
  expect(fresh({ ...rest, full: ['photos'], pairings: [pairing(PHONE)] })).toEqual([
    'phone wants to pair with this device → /peers',
    'photos: the disk is full → /?folder=a',
  ])
})

test('events change the standing; those that only say that something changed ask for it anew', () => {
  const syncing = { ...photos, state: 'syncing' as const }
  expect(heard(rest, { event: 'folder', data: syncing })).toEqual({ ...rest, folders: [music, syncing] })
  expect(heard(rest, { event: 'folder-gone', data: { id: 'a' } })).toEqual({ ...rest, folders: [music] })
  expect(heard(rest, { event: 'pairings', data: [pairing(PHONE)] })).toEqual({ ...rest, pairings: [pairing(PHONE)] })
  expect(heard(rest, { event: 'problems', data: { folder: 'photos' } })).toBe('anew')
  expect(heard(rest, { event: 'resync', data: {} })).toBe('anew')
  const [desk, kitchen] = new MemoryBackend().deviceList
  const inGroup = { ...rest, device: desk!.device }
  expect(heard(inGroup, { event: 'devices', data: [desk!, kitchen!] })).toBe(inGroup)
  for (const data of [[desk!], [kitchen!, kitchen!]]) expect(heard(inGroup, { event: 'devices', data })).toBe('anew')
  expect(heard(rest, { event: 'conflicts', data: { folder: 'photos' } })).toBe(rest)
})
