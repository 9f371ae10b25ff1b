import { expect, test } from 'vitest'
import { seededRandom, systemClock, type Clock } from '#base'
import type { BackendContext } from '../../src/daemon/backend-context.ts'
import { offeredStatus } from '../../src/daemon/offered-status.ts'
import { folderNames } from '../../src/daemon/backend-status.ts'
import { Offers } from '../../src/daemon/offers.ts'
import { sealName } from '../../src/peers/sealed-names.ts'
import { secretCheck, wrapSecret } from '../../src/peers/wrap.ts'
import { join, meet, member, write, type Member } from '../peers/members.ts'
import { folderId } from '../peers/scribe.ts'

const random = seededRandom(21)
const secret = random.bytes(32)
const SHORT = folderId.slice(0, 8)

/** A folder of a's that b may read, and whose secret nobody has given to b yet. */
async function secretless(): Promise<{ a: Member; b: Member; nas: Member; offers: Offers; give(): Promise<void> }> {
  const [a, b, nas] = [await member('a'), await member('b'), await member('n')]
  await join(a, b)
  await join(a, nas, 'storage')
  const made = { folder: folderId, history: 'full', consistency: 'eventual', created: 1, past: [] } as const
  await write(a, sealName({ kind: 'folder.create', ...made, name: 'docs', check: secretCheck(secret) }, secret, random))
  await meet(a, b, nas)
  const { device } = b.identity
  const wrap = wrapSecret(
    secret,
    { group: a.group.state.id, folder: folderId, device },
    a.group.state.x25519(device)!,
    random.bytes(32),
  )
  const give = async (): Promise<void> => {
    await write(a, wrap)
    await meet(a, b)
  }
  return { a, b, nas, offers: new Offers(b.group, () => false), give }
}

/** Twenty seconds go by between two looks at it. */
function hasty(): Clock {
  let now = 0
  return { ...systemClock, monotonic: () => (now += 20_000) }
}

function context({ group }: Member, offered: Offers['list']): BackendContext {
  return { registry: { folders: [], offered }, network: { group } } as unknown as BackendContext
}

test('a folder whose key has not come is offered by its id, and found by its name as soon as that has', async () => {
  const { b, offers, give } = await secretless()
  expect(offeredStatus(context(b, offers.list))).toMatchObject([{ name: SHORT, reason: expect.stringContaining('its key') }])
  expect(offers.find(SHORT).id).toBe(folderId)
  const [byName, isTaken] = [offers.named('docs', systemClock), offers.has('docs', systemClock)]
  const [byId, isOther] = [offers.named(folderId, systemClock), offers.has('letters', systemClock)]
  await give()
  expect(await byName).toMatchObject({ id: folderId, name: 'docs', isNamed: true })
  expect(await byId).toMatchObject({ name: 'docs' })
  expect([await isTaken, await isOther]).toEqual([true, false])
  expect(offeredStatus(context(b, offers.list))).toMatchObject([{ name: 'docs', reason: expect.stringContaining('join it') }])
})

test('where the key does not come that is said, and a new folder does not wait for it', async () => {
  const { offers, give } = await secretless()
  const unknown = { code: 'not-found', hint: expect.stringContaining('no device has given their keys') }
  await expect(offers.named('docs', hasty())).rejects.toMatchObject(unknown)
  await expect(offers.named(folderId, hasty())).rejects.toMatchObject({ code: 'offline' })
  expect(await offers.has('docs', hasty())).toBe(false)
  await give()
  await expect(offers.named('letters', systemClock)).rejects.toMatchObject({ code: 'not-found', hint: /folder list/u })
})

test('a storage device calls folders by their ids, in all that it shows', async () => {
  const { nas } = await secretless()
  const offers = new Offers(nas.group, () => false)
  expect(offers.list).toEqual([])
  expect(folderNames(context(nas, offers.list)).get(folderId)).toBe(SHORT)
  await expect(offers.named('docs', systemClock)).rejects.toMatchObject({ code: 'denied' })
})
