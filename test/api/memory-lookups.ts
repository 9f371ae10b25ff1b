import type { Backend } from '#api'
import type { Change, ListItem } from '#api/contract'

type Lookups = Pick<
  Backend,
  | 'timeline'
  | 'density'
  | 'restoreMoment'
  | 'search'
  | 'entryDetails'
  | 'ignoreRules'
  | 'setIgnoreRules'
  | 'previewIgnore'
  | 'directory'
  | 'metricHistory'
  | 'space'
  | 'upkeep'
>

const HOUR_MS = 3_600_000
const id = (number: number): string => number.toString(16).padStart(32, '0')

/** What a backend in memory answers to those who look something up; `time` is that of the newest change. */
export function memoryLookups({ by, name, time }: { by: string; name: string; time: string }): Lookups {
  const ago = (hours: number): string => new Date(Date.parse(time) - hours * HOUR_MS).toISOString()
  const changes: Change[] = (
    [
      ['report.md', 1200, 1000, 'edited', 0],
      ['img.jpg', 0, 8, 'deleted', 5],
      ['report.md', 1000, 900, 'edited', 26],
      ['img.jpg', 8, null, 'added', 50],
      ['report.md', 900, null, 'added', 51],
    ] as const
  ).map(([path, size, sizeBefore, cause, hours], at) => ({
    ...{ path, size, sizeBefore, cause, version: id(at + 1), time: ago(hours), device: by, by: name },
    kind: cause === 'deleted' ? 'tombstone' : 'file',
    forgotten: false,
    pinned: at === 2,
    current: at < 2,
  }))
  const item = (path: string): ListItem => ({
    ...{ folder: 'photos', path, kind: 'file', size: 1200, modified: time, version: id(1), state: 'here' },
  })
  let rules = '*.tmp\n'
  const times = Array.from({ length: 60 }, (_, at) => new Date(Date.parse(time) - (60 - at) * 60_000).toISOString())
  return {
    timeline: async ({ path, until, before, limit }) => {
      const all = changes.filter((change) => change.path.startsWith(path) && (until === undefined || change.time < until))
      const from = before === '' ? 0 : Number(before)
      const page = all.slice(from, from + limit)
      return { changes: page, next: from + limit < all.length ? String(from + limit) : null }
    },
    density: async ({ parts, from, until }) => ({
      from: from ?? ago(51),
      until: until ?? time,
      counts: Array.from({ length: parts }, (_, at) => at % 4),
      earliest: ago(51),
    }),
    restoreMoment: async ({ to, path }) => ({
      to,
      write: [{ path: `${path}img.jpg`, version: id(4), kind: 'file', size: 8 }],
      delete: ['new.txt'],
      ...{ entries: 1, bytes: 8, deleted: 1, missing: [], missingEntries: 0, missingBytes: 0 },
    }),
    search: async ({ query, limit }) => {
      const words = query.toLowerCase().split(/\s+/u)
      const found = ['report.md', 'img.jpg', 'letters/report-old.md'].filter((path) => words.every((word) => path.includes(word)))
      return { items: found.slice(0, limit).map(item), more: found.length > limit }
    },
    entryDetails: async ({ path }) => ({
      item: item(path),
      reasonCode: 'synced',
      message: 'It is the same on all devices.',
      hint: null,
      problem: null,
      devices: [{ device: by, name, connected: true, has: 'yes' }],
    }),
    ignoreRules: async () => ({ text: rules }),
    setIgnoreRules: async ({ text }) => ({ text: (rules = text) }),
    previewIgnore: async ({ text }) => ({
      ignored: text.split('\n').filter((line) => line !== '').length,
      newlyIgnored: text.includes('*.log') ? ['debug.log'] : [],
      noLonger: text.includes('*.tmp') ? [] : ['draft.tmp'],
      faults: [],
    }),
    directory: async ({ path = '/home/me' }) => ({
      path,
      parent: path === '/' ? null : path.slice(0, path.lastIndexOf('/')) || '/',
      directories: ['letters', 'photos'].map((each) => ({
        name: each,
        path: `${path}/${each}`,
        shared: each === 'photos' ? 'photos' : null,
      })),
      more: false,
    }),
    metricHistory: async () => ({
      times,
      stepSeconds: 60,
      receiveBytesPerSecond: times.map((_, at) => (at < 5 ? null : at * 1e5)),
      sendBytesPerSecond: times.map((_, at) => (at < 5 ? null : 5e5)),
      storeBytes: times.map((_, at) => 1e9 + at * 1e7),
      protectedPercent: times.map((_, at) => Math.min(100, 90 + at)),
    }),
    space: async () => [
      {
        folder: 'photos',
        liveBytes: 5e9,
        versionBytes: 2e9,
        storedBytes: 8e8,
        archiveBytes: 0,
        volumeBytes: 5e11,
        freeBytes: 2e11,
      },
    ],
    upkeep: async () => ({ scrubbed: time, swept: time, snapshot: null, volumeBytes: 5e11, freeBytes: 2e11 }),
  }
}
