import { expect, test } from 'vitest'
import { peerOf, startDevice, unite, until } from './devices.ts'
import { MemoryStore } from './memory-store.ts'

test('two devices of a group find each other and hold one connection', async () => {
  const a = await startDevice('a')
  const b = await startDevice('b')
  await unite(a, b)
  const [toB, toA] = await Promise.all([peerOf(a, b), peerOf(b, a)])
  expect(toB.device).toBe(b.identity.device)
  await until(() => a.network.devices().every(({ connected }) => connected))
  const got = new Promise<string>((resolve) => toA.index.onMessage((message) => resolve(Buffer.from(message).toString())))
  await toB.index.send(Buffer.from('hel'), Buffer.from('lo'))
  expect(await got).toBe('hello')
})

test('three devices see the same group, and a folder of one is readable to all', async () => {
  const [a, b, c] = await Promise.all([startDevice('a'), startDevice('b'), startDevice('c')])
  await unite(a, b, c)
  await Promise.all([peerOf(a, b), peerOf(a, c)])
  const folder = await b.network.group.createFolder({ name: 'photos' })
  await until(() => [a, b, c].every(({ network }) => network.group.secret(folder.id) !== null))
  expect(a.network.group.secret(folder.id)).toEqual(c.network.group.secret(folder.id))
  await peerOf(b, c)
})

test('a device that comes back is connected again', async () => {
  const a = await startDevice('a')
  const b = await startDevice('b')
  await unite(a, b)
  const peer = await peerOf(a, b)
  await b.network.stop()
  await until(() => peer.closed.aborted)
  await startDevice('b', b)
  await until(() => a.network.peers().length === 1)
})

test('a stranger gets no connection', async () => {
  const [a, b, stranger] = [await startDevice('a'), await startDevice('b'), await startDevice('stranger')]
  await unite(a, b)
  await peerOf(a, b)
  // The stranger believes that it is in the group; the others do not.
  await stranger.network.group.addDevice({ device: a.identity.device, name: 'a', role: 'member', x25519: new Uint8Array(32) })
  await stranger.network.dial(a.network.addresses()[0] ?? '').catch(() => undefined)
  await new Promise((resolve) => setTimeout(resolve, 500))
  expect(stranger.network.peers()).toEqual([])
  expect(a.network.peers().map(({ device }) => device)).toEqual([b.identity.device])
})

test('a removed device hears of it, is disconnected, and gets no connection again', async () => {
  const [a, b] = [await startDevice('a'), await startDevice('b')]
  await unite(a, b)
  const folder = await a.network.group.createFolder({ name: 'photos' })
  b.store.parts.push(folder)
  const peer = await peerOf(a, b)
  await until(() => b.network.group.secret(folder.id) !== null)
  await a.network.group.removeDevice(b.identity.device)
  await until(() => peer.closed.aborted && b.network.group.alone)
  expect(b.network.group.secret(folder.id)).not.toBe(null)
  expect(a.network.group.state.removed).toEqual([b.identity.device])
  await b.network.group.addDevice({ device: a.identity.device, name: 'a', role: 'member', x25519: new Uint8Array(32) })
  await b.network.dial(a.network.addresses()[0] ?? '').catch(() => undefined)
  await new Promise((resolve) => setTimeout(resolve, 300))
  expect(a.network.peers()).toEqual([])
})

test('a device that leaves goes on alone, and the others know', async () => {
  const [a, b] = [await startDevice('a'), await startDevice('b')]
  await unite(a, b)
  await Promise.all([peerOf(a, b), peerOf(b, a)])
  await b.network.leave()
  expect(b.network.group.alone).toBe(true)
  await until(() => a.network.group.alone && a.network.peers().length === 0)
  await expect(b.network.leave()).rejects.toMatchObject({ code: 'usage' })
})

test('a device that keeps its home keeps its port', async () => {
  const a = await startDevice('a')
  const before = a.network.addresses()
  await a.network.stop()
  const again = await startDevice('a', a)
  expect(again.network.addresses()).toEqual(before)
})

test('a copy of a home does not start beside the device that it was copied from', async () => {
  const a = await startDevice('a')
  const copy = new MemoryStore()
  for (const [key, value] of a.store.settings) copy.settings.set(key, value)
  await expect(startDevice('a', { identity: a.identity, store: copy })).rejects.toMatchObject({
    code: 'exists',
    message: expect.stringContaining('copied') as string,
    hint: expect.stringContaining('--home') as string,
  })
  await a.network.stop()
  await startDevice('a', { identity: a.identity, store: copy })
})

test('a device whose port another one has taken meanwhile takes another', async () => {
  const a = await startDevice('a')
  const store = new MemoryStore()
  for (const [key, value] of a.store.settings) store.settings.set(key, value)
  const b = await startDevice('b', { store })
  expect(b.network.addresses()).toHaveLength(1)
})
