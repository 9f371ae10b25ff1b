import { expect, onTestFinished, test } from 'vitest'
import { silentLogger, systemClock } from '#base'
import { inProcess, type DeviceStore } from '#db'
import { decodeFrame, encodeHere, encodeList, Exchange, type Signer } from '#exchange'
import { deviceIdOf, publicKeyOf, signingKey, type DeviceId, type RecordPlace, type Role } from '#model'
import type { GroupDevice } from '#peers'
import { HeldForOthers } from '../../src/daemon/held-for-others.ts'
import { openDeviceStore } from '../../src/db/device-database.ts'
import { MemoryLink } from '../peers/memory-link.ts'
import { newMemoryStore, shelfStore } from '../store/subjects.ts'
import { folder, foreigners, idsOf, NEVER } from './block-devices.ts'
import { linked, peerOver } from './linked.ts'

const [anna, nas, ben] = [1, 2, 3].map(signer) as [Signer, Signer, Signer]

function signer(number: number): Signer {
  const key = signingKey(new Uint8Array(32).fill(number))
  return { device: deviceIdOf(publicKeyOf(key)), key }
}

function exchangeOf(of: Signer, shelf?: HeldForOthers['shelf']): Exchange {
  return new Exchange({
    clock: systemClock,
    logger: silentLogger,
    signer: of,
    folderFor: () => null,
    mayServe: () => false,
    struckOut: () => undefined,
    ...(shelf && { shelf }),
  })
}

/** A storage device whose parts are real, and two members that write, each connected by a link. */
function pair() {
  const database = openDeviceStore(':memory:')
  onTestFinished(() => database.close())
  const state = {
    devices: [anna, nas, ben].map(({ device }) => ({ device }) as GroupDevice),
    role: (_: unknown, device: DeviceId): Role => (device === nas.device ? 'none' : 'sync'),
    cut: () => null,
    pledge: () => 1e9,
  }
  const { shelf } = new HeldForOthers({
    group: { device: nas.device, state },
    blocks: shelfStore(newMemoryStore()),
    notes: inProcess<DeviceStore>(database),
    clock: systemClock,
    open: () => null,
    folders: () => [],
    pledge: () => 1e9,
  })
  const there = exchangeOf(nas, shelf)
  const connected = (who: Signer) => {
    const exchange = exchangeOf(who)
    const connect = () => {
      const { toA, toB } = linked(who.device, nas.device)
      exchange.attach(toB)
      there.attach(toA)
      return toB
    }
    const link = connect()
    let current = link
    exchange.addPeer({ ...peerOver(link), bulk: async () => current })
    return { exchange, link, reconnect: () => void (current = connect()) }
  }
  return { ...connected(anna), other: connected(ben).exchange }
}

function seen(seq: number): RecordPlace[] {
  return [{ author: anna.device, epoch: 1, seq }]
}

async function listed(exchange: Exchange, isPendingOnly: boolean) {
  const pages = []
  for await (const page of exchange.drops.list(nas.device, folder, isPendingOnly, NEVER)) pages.push(page)
  return pages
}

test('drop lists go over the link, and what is held is listed in pages', async () => {
  const { exchange } = pair()
  const blocks = foreigners(1_030)
  await exchange.drops.tell(nas.device, folder, seen(3), NEVER)
  const ids = blocks.map(({ id }) => id).toSorted()
  const first = blocks.find(({ id }) => id === ids[0])!
  await exchange.hold(nas.device, folder, blocks, NEVER)
  const pages = await listed(exchange, false)
  expect(pages.map(({ length }) => length)).toEqual([1_024, 6])
  expect(pages.flat().map(({ id }) => id)).toEqual(ids)
  const list = { kind: 'unneeded' as const, folder, ids: idsOf([first]) }
  expect(await exchange.drops.say(nas.device, { ...list, horizon: seen(2) }, NEVER)).toBe('behind')
  expect(await listed(exchange, true)).toEqual([])
  expect(await exchange.drops.say(nas.device, { ...list, horizon: seen(3) }, NEVER)).toBe('taken')
  expect(await listed(exchange, true)).toEqual([[{ id: ids[0], length: pages[0]![0]!.length, isPending: true }]])
})

test('how far a device has seen is told once over a connection, until it has seen more', async () => {
  const { exchange, link } = pair()
  let sent = 0
  const { send } = link
  link.send = (...pieces) => {
    sent++
    return send.apply(link, pieces)
  }
  for (const seq of [1, 1, 2, 2]) await exchange.drops.tell(nas.device, folder, seen(seq), NEVER)
  expect(sent).toBe(2)
})

test('who is asked for summaries over a new link without a word on what was seen lets nothing go either', async () => {
  const { exchange, other, link, reconnect } = pair()
  const [block] = foreigners(1)
  const ids = idsOf([block!])
  const say = () => other.drops.say(nas.device, { kind: 'unneeded', folder, horizon: seen(9), ids }, NEVER)
  await exchange.drops.tell(nas.device, folder, seen(3), NEVER)
  await exchange.hold(nas.device, folder, [block!], NEVER)
  link.close('it broke')
  reconnect()
  const basis = { salt: new Uint8Array(16), bits: 0 }
  expect(await exchange.summaries.ask(nas.device, folder, basis, NEVER)).toMatchObject([{ count: 1 }])
  expect(await say()).toBe('behind')
  await exchange.drops.tell(nas.device, folder, seen(3), NEVER)
  expect(await say()).toBe('taken')
  // What is to go by then is there for nobody who asks so.
  expect(await exchange.summaries.ask(nas.device, folder, basis, NEVER)).toEqual([])
  expect((await listed(exchange, true)).flat()).toHaveLength(1)
})

test('who is asked over a new link without a word on what was seen lets nothing go, until it is told again', async () => {
  const { exchange, other, link, reconnect } = pair()
  const [block] = foreigners(1)
  const ids = idsOf([block!])
  await exchange.drops.tell(nas.device, folder, seen(3), NEVER)
  await exchange.hold(nas.device, folder, [block!], NEVER)
  const say = () => other.drops.say(nas.device, { kind: 'unneeded', folder, horizon: seen(9), ids }, NEVER)
  expect(await say()).toBe('taken')
  link.close('it broke')
  reconnect()
  expect(await exchange.has(nas.device, folder, ids, NEVER)).toEqual([true])
  expect(await listed(exchange, true)).toEqual([])
  expect(await say()).toBe('behind')
  await exchange.drops.tell(nas.device, folder, seen(3), NEVER)
  expect(await say()).toBe('taken')
})

test('a device of a version that closes its link at what it does not know can be asked for blocks all the same', async () => {
  const exchange = exchangeOf(anna)
  let opened = 0
  let current: MemoryLink | null = null
  const bulk = async (): Promise<MemoryLink> => {
    if (current !== null && !current.closed.aborted) return current
    opened++
    const [toNas, toAnna] = MemoryLink.pair(anna.device, nas.device)
    exchange.attach(toNas)
    toAnna.onMessage((message) => {
      const frame = decodeFrame(message)
      if ('has' in frame) void toAnna.send(encodeHere({ number: frame.has.number, has: [true] }))
      else toAnna.close('rubbish on the bulk channel')
    })
    return (current = toNas)
  }
  exchange.addPeer({ ...peerOver(new MemoryLink(nas.device)), bulk })
  for (const seq of [1, 2]) {
    await exchange.drops.tell(nas.device, folder, seen(seq), NEVER)
    expect(await exchange.has(nas.device, folder, new Uint8Array(32), NEVER)).toEqual([true])
  }
  expect(exchange.drops.isHeardBy(nas.device)).toBe(false)
  // Once more at what it does not know: the first break may have been chance.
  expect(opened).toBe(3)
})

test('a list that is none closes the link; one of a newer format is refused', async () => {
  const answers: Uint8Array[] = []
  const over = linked(anna.device, nas.device)
  over.toB.onMessage((message) => void answers.push(message))
  exchangeOf(nas).attach(over.toA)
  await over.toB.send(encodeList({ number: 7, folder, isPendingOnly: false, after: '0'.repeat(64) as never }))
  await expect.poll(() => answers.length).toBe(1)
  expect(decodeFrame(answers[0]!)).toEqual({ listed: { number: 7, isLast: true, chunks: [] } })
  // [[2, …], signature], as a later version may have it.
  await over.toB.send(Buffer.concat([Buffer.from('1300000008', 'hex'), Buffer.from('8242810240', 'hex')]))
  await expect.poll(() => answers.length).toBe(2)
  expect(decodeFrame(answers[1]!)).toEqual({ dropped: { number: 8, outcome: 'refused', hlc: 0 } })
  await over.toB.send(Buffer.from('130000000900', 'hex'))
  await expect.poll(() => over.toB.closed.aborted).toBe(true)
})
