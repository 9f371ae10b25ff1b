import { describe, expect, test } from 'vitest'
import { deviceIdOf, type DeviceId, type FolderId } from '#model'
import { place } from '#replication'
import { folderLayout, layoutName, takersOf, type LayoutSource } from '../../src/daemon/folder-layout.ts'

const PARTITIONS = 64
const [a, b, c, nas, box] = [1, 2, 3, 4, 5].map((key) => deviceIdOf(new Uint8Array(32).fill(key))) as [
  DeviceId,
  DeviceId,
  DeviceId,
  DeviceId,
  DeviceId,
]

function pledged(...devices: { device: DeviceId; capacity: number; away?: boolean }[]): LayoutSource['pledged'] {
  const placed = devices.map((each) => ({ away: false, ...each })).toSorted((a, b) => (a.device < b.device ? -1 : 1))
  const holders = place({ devices: placed, replicas: 3, partitions: PARTITIONS, last: null })
  return { hash: new Uint8Array(32).fill(7), holders, devices: placed }
}

/** Of a group without pledges these are away. */
function away(...devices: DeviceId[]): LayoutSource['pledged'] {
  return pledged(...devices.map((device) => ({ device, capacity: 0, away: true })))
}

function source(parts: Partial<LayoutSource> = {}): LayoutSource {
  return { takers: [a, b], replicas: 3, partitions: PARTITIONS, pledged: null, ...parts }
}

describe('the layout of a folder', () => {
  test('is over the devices that say they have it; where none does, those that did not say that they left it', () => {
    const state = (takers: DeviceId[], leavers: DeviceId[]): Parameters<typeof takersOf>[0] => ({
      devices: [a, b, c].map((device) => ({ device, name: '', role: 'member', added: 0 })),
      role: (_folder, device) => (device === c ? 'none' : 'sync'),
      takers: () => takers,
      leavers: () => leavers,
    })
    const folder = 'folder' as FolderId
    expect(takersOf(state([b, c], [a]), folder)).toEqual([b])
    expect(takersOf(state([], []), folder)).toEqual([a, b].toSorted())
    expect(takersOf(state([], [a]), folder)).toEqual([b])
    expect(takersOf(state([], [a, b]), folder)).toEqual([])
  })

  test('without pledges is over the devices that have it on a disk, all of them where they are no more than replicas', () => {
    const { holders, devices } = folderLayout(source())
    expect(devices).toEqual([a, b].toSorted())
    for (const list of holders) expect([...list].toSorted()).toEqual([a, b].toSorted())
    const anchored = holders.filter(([anchor]) => anchor === a).length
    expect(anchored).toBe(PARTITIONS / 2)
    const many = folderLayout(source({ takers: [a, b, c, nas, box].toSorted() }))
    for (const list of many.holders) expect(new Set(list).size).toBe(3)
    expect(many.devices).toHaveLength(5)
  })

  test('has those that pledged disk first, and others where these are too few', () => {
    const one = folderLayout(source({ pledged: pledged({ device: nas, capacity: 5 }) }))
    for (const list of one.holders) {
      expect(list[0]).toBe(nas)
      expect(new Set(list)).toEqual(new Set([nas, a, b]))
    }
    const two = folderLayout(
      source({ pledged: pledged({ device: nas, capacity: 5 }, { device: box, capacity: 5 }), replicas: 2 }),
    )
    for (const list of two.holders) expect(new Set(list)).toEqual(new Set([nas, box]))
    expect(two.devices).toEqual([nas, box].toSorted())
  })

  test('has a device once that has pledged disk and has the folder on its disk', () => {
    const { holders } = folderLayout(source({ pledged: pledged({ device: a, capacity: 1 }) }))
    for (const list of holders) expect(list).toEqual([a, b])
  })

  test('is of nobody where nobody has it', () => {
    expect(folderLayout(source({ takers: [] }))).toMatchObject({ devices: [] })
  })

  test('has another device in the place of one that is away, and moves nothing else', () => {
    const takers = [a, b, c, nas, box].toSorted()
    const before = folderLayout(source({ takers }))
    const { holders, devices } = folderLayout(source({ takers, pledged: away(c) }))
    expect(devices).not.toContain(c)
    holders.forEach((list, partition) => {
      const kept = before.holders[partition]!.filter((device) => device !== c)
      expect(new Set(list).size).toBe(3)
      expect(list).toEqual(expect.arrayContaining(kept))
    })
    expect(
      folderLayout(source({ takers, pledged: { ...away(c)!, devices: [{ device: c, capacity: 0, away: false }] } })),
    ).toEqual(before)
  })

  test('has those that are away only where too few others are left, and last', () => {
    for (const list of folderLayout(source({ pledged: away(a) })).holders) expect(list).toEqual([b, a])
    const storage = [
      { device: nas, capacity: 5, away: true },
      { device: box, capacity: 5 },
    ]
    const { holders } = folderLayout(source({ pledged: pledged(...storage) }))
    for (const list of holders) {
      expect(list[0]).toBe(box)
      expect(new Set(list)).toEqual(new Set([box, a, b]))
    }
    for (const list of folderLayout(source({ takers: [a], pledged: pledged(...storage) })).holders)
      expect(list).toEqual([box, a, nas])
  })

  test('is named as it always was where those that are away hold nothing of it anyway', () => {
    const storage = [nas, box, c].map((device) => ({ device, capacity: 5 }))
    const enough = source({ pledged: pledged(...storage) })
    expect(layoutName(source({ pledged: pledged(...storage, { device: b, capacity: 0, away: true }) }))).toBe(layoutName(enough))
    expect(layoutName(source({ pledged: away(c) }))).toBe(layoutName(source()))
  })

  test('is named by all that it is made of; without pledges as it always was', () => {
    const names = [
      source(),
      source({ takers: [a, c] }),
      source({ replicas: 2 }),
      source({ partitions: 32 }),
      source({ pledged: pledged({ device: nas, capacity: 5 }) }),
      source({ pledged: { ...pledged({ device: nas, capacity: 5 })!, hash: new Uint8Array(32).fill(8) } }),
      source({ pledged: away(b) }),
      source({ pledged: away(a, b) }),
      source({ pledged: pledged({ device: nas, capacity: 5, away: true }) }),
      source({ pledged: pledged({ device: nas, capacity: 5 }, { device: b, capacity: 0, away: true }) }),
    ].map(layoutName)
    expect(new Set(names).size).toBe(names.length)
    for (const name of names) expect(name).toMatch(/^[0-9a-f]{32}$/)
    const frozen = { takers: ['one', 'two'] as DeviceId[], replicas: 3, partitions: 1024, pledged: null }
    expect(layoutName(frozen)).toBe('237b45b3c083073b3b98b8051f75f2c7')
    expect(folderLayout(source()).name).toBe(layoutName(source()))
  })
})
