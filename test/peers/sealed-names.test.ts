import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { seededRandom } from '#base'
import { folderIdOf, type FolderId } from '#model'
import type { SnapshotCreation } from '../../src/peers/operation-body.ts'
import { SEALED_NAME_BYTES } from '../../src/peers/operation-fields.ts'
import { openName, sealName } from '../../src/peers/sealed-names.ts'
import { oldFolder } from './data-keys.ts'
import { join, meet, member, operationsOf, write, type Member } from './members.ts'
import { folderId } from './scribe.ts'

const random = seededRandom(11)
const secret = random.bytes(32)

function snapshot(number: number, name: string | Uint8Array, folder: FolderId = folderId): SnapshotCreation {
  const id = number.toString(16).padStart(2, '0').repeat(16)
  return { kind: 'snapshot.create', folder, id, name, created: 5, entries: 2, bytes: 30, upTo: [] }
}

function seal(name: string, by = secret): Uint8Array {
  return sealName(snapshot(1, name), by, random).name as Uint8Array
}

const folders = ({ group }: Member): string[] => group.state.folders.map(({ name }) => name)
const snapshots = ({ group }: Member, folder: FolderId): string[] =>
  group.state.properties(folder).snapshots.map(({ name }) => name)

function isHeardOf(text: string, by: Member): boolean {
  return operationsOf(by).some((bytes) => Buffer.from(bytes).includes(text))
}

/** Members a and b, and a storage device. */
async function withStorage(): Promise<[Member, Member, Member]> {
  const [a, b, nas] = [await member('a'), await member('b'), await member('n')]
  await join(a, b)
  await join(a, nas, 'storage')
  await meet(a, b, nas)
  return [a, b, nas]
}

describe('a sealed name', () => {
  test('opens by the secret of its folder, and is as long as any other', () => {
    const name = fc
      .string({ unit: 'grapheme', minLength: 1, maxLength: 60 })
      .filter((text) => /^[\p{L}\p{N}\p{So}]+$/u.test(text))
    fc.assert(
      fc.property(fc.oneof(name, fc.constantFrom('x', 'ü'.repeat(127), 'x'.repeat(255))), (text) => {
        fc.pre(Buffer.byteLength(text) <= 255)
        expect(seal(text)).toHaveLength(SEALED_NAME_BYTES)
        expect(openName(secret, folderId, 'snapshot.create', seal(text))).toBe(text)
      }),
      { numRuns: 50 },
    )
    expect(seal('x')).not.toEqual(seal('x'))
  })

  test('opens by no other, nowhere else, and not when it was altered or is none', () => {
    const sealed = seal('x')
    expect(openName(random.bytes(32), folderId, 'snapshot.create', sealed)).toBeNull()
    expect(openName(secret, folderIdOf(random.bytes(16)), 'snapshot.create', sealed)).toBeNull()
    expect(openName(secret, folderId, 'folder.create', sealed)).toBeNull()
    for (const at of [0, 12, SEALED_NAME_BYTES - 1])
      expect(openName(secret, folderId, 'snapshot.create', sealed.with(at, sealed[at]! ^ 1))).toBeNull()
    for (const text of ['', ' x', 'a\u202eb', 'a\nb'])
      expect(openName(secret, folderId, 'snapshot.create', seal(text))).toBeNull()
  })
})

describe('the names of a folder and its snapshots', () => {
  test('are known where the folder can be read; a storage device has the beginning of their ids', async () => {
    const [a, b, nas] = await withStorage()
    const { id } = await a.group.createFolder({ name: 'the thesis' })
    await a.group.say(snapshot(7, 'before the defence', id))
    await meet(a, b, nas)
    for (const each of [a, b]) expect([folders(each), snapshots(each, id)]).toEqual([['the thesis'], ['before the defence']])
    expect(nas.group.state.folders).toMatchObject([{ id, name: id.slice(0, 8), isNamed: false }])
    expect(snapshots(nas, id)).toEqual(['07070707'])
    for (const text of ['thesis', 'defence']) for (const each of [a, nas]) expect(isHeardOf(text, each)).toBe(false)
  })

  test('come with the secret to who may read later', async () => {
    const [a, b] = await withStorage()
    const made = { folder: folderId, history: 'full', consistency: 'eventual', created: 1, past: [] } as const
    const { id } = await a.group.createFolder({ name: 'private' })
    await a.group.shareFolder(id, 'all', 'none')
    const c = await member('c')
    await join(a, c)
    expect(folders(c)).toEqual([id.slice(0, 8)])
    await a.group.shareFolder(id, c.identity.device, 'receive-only')
    await meet(a, c)
    expect(folders(c)).toEqual(['private'])
    // One that opens for nobody has no name anywhere.
    await write(a, { kind: 'folder.create', ...made, check: new Uint8Array(32), name: new Uint8Array(SEALED_NAME_BYTES) })
    await meet(a, b)
    expect([folders(a)[1], folders(b)[1]]).toEqual(['aaaaaaaa', 'aaaaaaaa'])
  })

  test('are numbered alike wherever they can be read, with those of older versions, and kept apart elsewhere', async () => {
    const [a, b, nas] = await withStorage()
    const { id } = await a.group.createFolder({ name: 'f' })
    await meet(a, b)
    await a.group.say(snapshot(1, 'x', id))
    await b.group.say(snapshot(2, 'x', id))
    await meet(a, b)
    await write(a, snapshot(3, 'x', id))
    await write(a, snapshot(4, new Uint8Array(SEALED_NAME_BYTES), id))
    await meet(a, b, nas)
    expect([...snapshots(a, id)].sort()).toEqual(['04040404', 'x', 'x (2)', 'x (3)'])
    expect(snapshots(b, id)).toEqual(snapshots(a, id))
    expect([...snapshots(nas, id)].sort()).toEqual(['01010101', '02020202', '04040404', 'x'])
    await expect(b.group.say(snapshot(5, 'x (2)', id))).rejects.toMatchObject({ code: 'exists' })
  })

  test('go along into another group sealed, those of older versions too', async () => {
    const [a, , nas] = await withStorage()
    const b = await member('e')
    const old = await oldFolder(b, 'an old name')
    await write(b, snapshot(1, 'an old moment', old))
    const { id } = await b.group.createFolder({ name: 'a new name' })
    await b.group.say(snapshot(2, 'a new moment', id))
    expect(isHeardOf('an old', b)).toBe(true)
    await join(a, b)
    await meet(a, b, nas)
    expect([...folders(a)].sort()).toEqual(['a new name', 'an old name'])
    expect([snapshots(a, old), snapshots(a, id)]).toEqual([['an old moment'], ['a new moment']])
    for (const text of ['an old', 'a new']) expect(isHeardOf(text, nas)).toBe(false)
  })

  test('take the secret to be given: who has not got it yet is told so', async () => {
    const [a, b] = await withStorage()
    const folder = { folder: folderId, history: 'full', consistency: 'eventual', created: 1, past: [] } as const
    await write(a, { kind: 'folder.create', ...folder, check: new Uint8Array(32), name: 'f' })
    await meet(a, b)
    await expect(b.group.say(snapshot(1, 'x'))).rejects.toMatchObject({ code: 'offline' })
  })
})
