import { expect, test } from 'vitest'
import { hindered, type FolderPeer } from '../../src/sync/folder-peer.ts'
import { hindranceOf } from '../../src/sync/hindrance.ts'
import { A, B, C, device, open } from '../db/fixtures.ts'
import { connect, engineOf, until } from './engines.ts'

test('what needs a decision is named before what is paused, and who takes part not at all', () => {
  const peer = ({ id }: { id: string }, hindrance?: string) => ({ device: id, state: { hindrance } }) as FolderPeer
  const silent = { device: device(4).id, state: null } as unknown as FolderPeer
  expect(hindered([peer(A, 'paused'), silent, peer(B), peer(C, 'held')], (id) => id)).toEqual([
    { name: C.id, hindrance: 'held' },
    { name: A.id, hindrance: 'paused' },
  ])
  expect(['idle', 'scanning', 'syncing', 'offered'].map(hindranceOf)).toEqual([undefined, undefined, undefined, undefined])
})

test('a paused folder is said to be so on the other device, by its name, until it goes on', async () => {
  const [a, b] = await Promise.all([engineOf(open(A)), engineOf(open(B))])
  connect({ ...a, of: A }, { ...b, of: B })
  const reason = (): string => b.folder.standing.reason
  await until(() => b.folder.exchange.peers[0]?.state !== null)
  expect(reason()).toMatch(/^Online-only/)
  await a.folder.pause()
  await until(() => reason() === 'Up to date here; on A the folder is paused.')
  a.folder.resume()
  await until(() => reason().startsWith('Online-only'))
  await Promise.all([a.engine.stop(), b.engine.stop()])
})
