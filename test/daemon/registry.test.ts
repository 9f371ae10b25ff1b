import { describe, expect, test } from 'vitest'
import { HoldfastError, silentLogger, systemClock, type Clock, type ErrorCode } from '#base'
import type { StoredFolder } from '#db'
import { FolderRegistry } from '../../src/daemon/registry.ts'
import type { RegistryParts } from '../../src/daemon/folder-opener.ts'
import { A, FOLDER } from '../db/fixtures.ts'

const STORED: StoredFolder = {
  ...{ id: FOLDER, name: 'photos', path: null, secret: new Uint8Array(32), pausedUntil: 0, marker: null, compared: true },
}

/** A device with one folder whose index cannot be opened `failures` times; its time goes on by `pass`. */
function device(
  code: ErrorCode,
  failures: number,
): { registry: FolderRegistry; pass(ms: number): Promise<void>; opened: () => number } {
  let now = 0
  let opened = 0
  const timers = new Set<{ at: number; run: () => void }>()
  const clock: Clock = {
    ...systemClock,
    monotonic: () => now,
    after(ms, run) {
      const timer = { at: now + ms, run }
      timers.add(timer)
      return { cancel: () => void timers.delete(timer) }
    },
  }
  const index = {
    close: async () => undefined,
    totals: async () => ({ empty: true }),
    keepAnew: async () => undefined,
    looked: async () => [],
    keepAgain: async () => undefined,
    toKeep: async () => [],
    nextToKeep: async () => null,
    have: async () => [],
    unkept: async () => [],
  }
  const parts = {
    home: '/home',
    engine: {
      refresh: () => undefined,
      addFolder: async () => ({
        totals: null,
        takers: [],
        standing: { state: 'idle' },
        exchange: { peers: [], takers: [], announce: () => undefined },
      }),
      removeFolder: async () => undefined,
    },
    group: {
      on: () => undefined,
      takeFolders: async () => undefined,
      device: A.id,
      state: {
        folders: [],
        devices: [{ device: A.id }],
        ringSize: 4,
        removed: [],
        role: () => 'sync',
        counted: () => [],
        takers: () => [],
        leavers: () => [],
        isLeaving: () => false,
      },
    },
    store: { folders: async () => [STORED], setting: async () => null, putSetting: async () => undefined },
    clock,
    logger: silentLogger,
    openIndex: async () => {
      if (++opened <= failures) throw new HoldfastError(code, `it failed with ${code}`)
      return index
    },
    openStore: () => ({}),
    cache: { of: () => ({}), forget: () => Promise.resolve() },
    pledged: () => null,
    activity: () => undefined,
    changed: () => undefined,
  }
  return {
    registry: new FolderRegistry(parts as unknown as RegistryParts),
    opened: () => opened,
    async pass(ms) {
      for (const end = now + ms; now < end;) {
        now += 1000
        for (const timer of [...timers]) if (timer.at <= now && timers.delete(timer)) timer.run()
        await new Promise((resolve) => setTimeout(resolve, 1))
      }
    },
  }
}

describe('a folder that could not be opened', () => {
  test('is opened when what kept it from that is over', async () => {
    const { registry, pass, opened } = device('full', 3)
    await registry.start()
    expect(registry.find('photos').fault).toMatchObject({ code: 'full' })
    await pass(12_000)
    expect(opened()).toBe(3)
    expect(registry.find('photos').fault).toMatchObject({ code: 'full' })
    await pass(6_000)
    expect(registry.find('photos').fault).toBeNull()
    expect(registry.find('photos').sync).not.toBeNull()
    await pass(20_000)
    expect(opened()).toBe(4)
    await registry.stop()
  })

  test('for damage that only the user can mend is left alone', async () => {
    const { registry, pass, opened } = device('corrupt', 1)
    await registry.start()
    await pass(20_000)
    expect(opened()).toBe(1)
    await registry.stop()
  })

  test('is not tried any more after the stop', async () => {
    const { registry, pass, opened } = device('full', 99)
    await registry.start()
    await registry.stop()
    await pass(20_000)
    expect(opened()).toBe(1)
  })
})
