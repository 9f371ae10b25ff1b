import { describe, expect, test } from 'vitest'
import { Queue, type Logger } from '#base'
import type { FolderIndex } from '#db'
import type { FolderDisk } from '#folder'
import { packStats } from '#model'
import { Scanner } from '../../src/sync/scanner.ts'
import { HandClock } from '../base/hand-clock.ts'

const found = {
  changed: packStats([{ path: 'd', kind: 'directory', stat: { size: 0, mtimeMs: 0, ctimeMs: 0, ino: 1, mode: 0o755 } }]),
  vanished: [],
  ignoredGone: [],
  unmounted: [],
  targets: new Map(),
  problems: [],
  entries: 1,
  ignoreChanged: false,
}

describe('a scan', () => {
  test('says of an entry that no record can be written for why it is not sent', async () => {
    const refused = [{ path: 'd', code: 'name', message: 'd cannot be synced: its name is too long' }]
    const scanner = new Scanner({
      index: {
        snapshot: () => Promise.resolve({}),
        totals: () => Promise.resolve({ entries: 0 }),
        chunkers: () => Promise.resolve([]),
        unignore: () => Promise.resolve(),
        author: () => Promise.resolve({ records: 0, paths: [], refused, missed: [], have: [] }),
      } as unknown as FolderIndex,
      disk: { scan: () => Promise.resolve(found), verify: () => Promise.resolve([true]) } as unknown as FolderDisk,
      clock: new HandClock(),
      logger: {} as Logger,
      tree: new Queue(),
      healthy: () => Promise.resolve(),
      local: () => false,
      authored: () => undefined,
    })
    expect((await scanner.scan(null, new AbortController().signal)).problems).toEqual(refused)
  })
})
