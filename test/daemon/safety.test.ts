import { expect, test } from 'vitest'
import type { FolderId } from '#model'
import { copiesOf, lastingNotes, safetyNotes } from '../../src/daemon/safety.ts'

type Context = Parameters<typeof safetyNotes>[0]
type Folder = Parameters<typeof safetyNotes>[1]

interface Of {
  copies?: number | null
  lost?: number
  isKept?: boolean
  obstacles?: { device: string; obstacle: string }[]
  /** The devices of the group, and their roles; `desk` has the folder. */
  devices?: Record<string, string>
}

/** A folder of which there are to be three copies. */
function made({ copies = 3, lost = 0, isKept = true, obstacles = [], devices = { desk: 'member' } }: Of): [Context, Folder] {
  const state = {
    replicas: 3,
    devices: Object.entries(devices).map(([device, role]) => ({ device, name: device, role })),
    role: () => 'sync',
    takers: () => ['desk'],
    leavers: () => [],
  }
  const context = {
    network: { group: { device: 'desk', state } },
    membership: { called: () => (device: string) => device },
  }
  const layout = { devices: copies === 0 ? [] : ['desk'] }
  const holders = { copies, layout, next: () => layout, obstacles }
  const folder = {
    stored: { id: 'f' as FolderId, name: 'my letters' },
    keeping: { isKept, lost, holders },
  }
  return [context as unknown as Context, folder as unknown as Folder]
}

test('of a folder that is as safe as it should be, or keeps no history, there is nothing to say', () => {
  expect(safetyNotes(...made({}))).toEqual([])
  expect(safetyNotes(...made({ copies: null }))).toEqual([])
  const off = made({ isKept: false, copies: 1, lost: 3 })
  expect([safetyNotes(...off), lastingNotes(...off), copiesOf(...off)]).toEqual([[], [], { copies: null, wantedCopies: null }])
})

test.each([
  [{}, 'add a device: holdfast invite'],
  [{ phone: 'member' }, "on phone: holdfast folder join 'my letters' PATH, or holdfast config set pledge SIZE"],
  [{ nas: 'storage' }, 'on nas: holdfast config set pledge SIZE'],
])('with fewer devices than copies are wanted it is said what to do: %j', (others: Record<string, string>, what) => {
  const of = made({ copies: 1, devices: { desk: 'member', ...others } })
  expect(copiesOf(...of)).toEqual({ copies: 1, wantedCopies: 3 })
  expect(lastingNotes(...of)).toEqual([
    {
      folder: 'my letters',
      reasonCode: 'degraded',
      message: 'only one device can hold its versions, where replication_factor asks for 3',
      hint: `${what}, or holdfast config set replication_factor 1`,
      values: { copies: 1, wanted: 3 },
    },
  ])
})

test('what is lost is said first, and a device that is full by its name', () => {
  const of = made({ lost: 2, copies: 2, obstacles: [{ device: 'nas', obstacle: 'full' }] })
  expect(safetyNotes(...of).map(({ reasonCode }) => reasonCode)).toEqual(['lost', 'degraded', 'full'])
  expect(safetyNotes(...of)[2]).toMatchObject({
    message: expect.stringMatching(
      /^not all of its versions are kept by nas, for its pledge, or its disk, is full; .* none counts as protected/,
    ),
    hint: expect.stringMatching(
      /^on nas: holdfast config set pledge SIZE; or the same on another .* holdfast invite --role storage$/,
    ),
  })
})

test('a device that is alone in its group does not say that nobody has what it lacks', () => {
  const words = (devices: Record<string, string>): string => safetyNotes(...made({ lost: 2, devices }))[0]!.message
  expect(words({ desk: 'member' })).toMatch(/not on this device, which is alone in its group$/)
  expect(words({ desk: 'member', nas: 'storage' })).toMatch(/on no device of the group any more$/)
})

test('of what nobody in the group has on a disk it is said where it may be', () => {
  const note = {
    folder: 'my letters',
    reasonCode: 'unheld',
    message: expect.stringMatching(/^no device of this group has it on a disk/),
  }
  expect(lastingNotes(...made({ copies: 0 }))).toEqual([{ ...note, hint: expect.stringContaining('here holdfast join CODE') }])
  const others = { desk: 'member', phone: 'member' }
  expect(lastingNotes(...made({ copies: 0, devices: others }))).toEqual([
    { ...note, hint: expect.stringMatching(/^on phone: holdfast folder join 'my letters' PATH/) },
  ])
})
