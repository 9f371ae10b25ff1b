import { connect } from 'node:tls'
import { describe, expect, test } from 'vitest'
import { HoldfastError, silentLogger, systemClock, type Logger } from '#base'
import type { DeviceId } from '#model'
import { createIdentity, MAX_MESSAGE_BYTES, type Identity, type Link } from '#peers'
import { BulkSockets } from '../../src/peers/bulk-sockets.ts'
import { createCertificate } from '../../src/peers/certificate.ts'
import { FramedLink, type PipeEvents } from '../../src/peers/framed-link.ts'
import { frameHeader, FrameReader } from '../../src/peers/frames.ts'
import { SocketPipe } from '../../src/peers/socket-pipe.ts'
import { Traffic } from '../../src/peers/traffic.ts'
import { peerOf, startDevice, unite, until } from './devices.ts'

const MIB = 1024 * 1024

class TestSockets extends BulkSockets {
  readonly device: DeviceId

  constructor(parts: ConstructorParameters<typeof BulkSockets>[0]) {
    super(parts)
    this.device = parts.device
  }

  /** What another device is told of this one. */
  get told(): { device: DeviceId; certificate: Uint8Array } {
    return { device: this.device, certificate: this.certificateHash }
  }
}

async function sockets(logger: Logger = silentLogger): Promise<TestSockets> {
  const { device } = createIdentity()
  return new TestSockets({ device, certificate: createCertificate(), clock: systemClock, logger })
}

function linkOver(socket: ConstructorParameters<typeof SocketPipe>[0]): FramedLink {
  return new FramedLink({
    device: 'there' as DeviceId,
    name: 'bulk',
    pipe: new SocketPipe(socket),
    traffic: new Traffic(),
    clock: systemClock,
    logger: silentLogger,
  })
}

/** Two ends of a pinned TLS socket. */
async function pair(): Promise<[FramedLink, FramedLink]> {
  const [here, there] = [await sockets(), await sockets()]
  await there.listen('127.0.0.1')
  const accepted = new Promise<FramedLink>((resolve) =>
    there.expect(here.device, here.certificateHash, (socket) => resolve(linkOver(socket))),
  )
  const dialed = linkOver(await here.dial('127.0.0.1', there.port, there.told))
  there.close()
  return [dialed, await accepted]
}

describe('frames', () => {
  test('are put together however the bytes are cut, each over a buffer of its own', () => {
    const reader = new FrameReader()
    const bytes = Buffer.concat([frameHeader(3), Buffer.from('abc'), frameHeader(1), Buffer.from('d')])
    const messages = [...bytes].flatMap((byte) => reader.push(Uint8Array.of(byte)))
    expect(messages.map((message) => Buffer.from(message).toString())).toEqual(['abc', 'd'])
    expect(messages.map(({ buffer }) => buffer.byteLength)).toEqual([3, 1])
    expect(new FrameReader().push(bytes).map(({ length }) => length)).toEqual([3, 1])
  })

  test('of no bytes, or of too many, are refused', () => {
    expect(() => new FrameReader().push(Uint8Array.of(0, 0, 0, 0))).toThrow(/frame of 0 bytes/)
    expect(() => new FrameReader().push(Uint8Array.of(0, 0x40, 0, 1))).toThrow(/frame of 4194305 bytes/)
    expect(() => frameHeader(MAX_MESSAGE_BYTES + 1)).toThrow(/4194305/)
  })
})

describe('a link', () => {
  test('closes when the other side sends a malformed frame, and rejects what is sent after', async () => {
    const [here, there] = [await sockets(), await sockets()]
    await there.listen('127.0.0.1')
    const accepted = new Promise<FramedLink>((resolve) =>
      there.expect(here.device, here.certificateHash, (socket) => resolve(linkOver(socket))),
    )
    const raw = await here.dial('127.0.0.1', there.port, there.told)
    const link = await accepted
    link.onMessage(() => undefined)
    raw.write(Uint8Array.of(0xff, 0xff, 0xff, 0xff, 1, 2, 3))
    await until(() => link.closed.aborted)
    expect((link.closed.reason as Error).message).toMatch(/frame of 4294967295 bytes/)
    await expect(link.send(Uint8Array.of(1))).rejects.toMatchObject({ code: 'offline' })
    there.close()
  })

  test('says when the other device is to blame: for a malformed frame, and for a message that is none', () => {
    const blamed: string[] = []
    const open = (): PipeEvents => {
      let events: PipeEvents | undefined
      const nothing = (): void => undefined
      const pipe = { write: () => Promise.resolve(), pause: nothing, resume: nothing, end: nothing, destroy: nothing }
      const link = new FramedLink({
        device: 'there' as DeviceId,
        name: 'group',
        pipe: { ...pipe, open: (given) => (events = given) },
        traffic: new Traffic(),
        clock: systemClock,
        logger: silentLogger,
        misbehaved: (message) => blamed.push(message),
      })
      link.onMessage((message) => {
        throw new HoldfastError(message[0] === 1 ? 'corrupt' : 'offline', 'what it is')
      })
      return events!
    }
    open().data(Uint8Array.of(0xff, 0xff, 0xff, 0xff))
    open().data(Uint8Array.of(0, 0, 0, 1, 1))
    open().data(Uint8Array.of(0, 0, 0, 1, 2))
    expect(blamed).toEqual([expect.stringContaining('frame of 4294967295 bytes'), 'on the group link: what it is'])
  })

  for (const [what, pieces] of [
    ['many small pieces', new Array<number>(20).fill(50_000)],
    ['large pieces', [MIB, MIB]],
  ] as const) {
    test(`that the other side closes while ${what} wait to be sent says so to whoever sends them`, async () => {
      const [here, there] = await pair()
      there.onMessage(() => new Promise(() => undefined))
      const sending = (async () => {
        for (;;) await here.send(...pieces.map((bytes) => new Uint8Array(bytes).fill(1)))
      })()
      const outcome = sending.catch((error: unknown) => error)
      await new Promise((resolve) => setTimeout(resolve, 300))
      there.close()
      expect(await outcome).toMatchObject({ code: 'offline' })
    })
  }

  test('delivers what was sent before the other side closed', async () => {
    const [here, there] = await pair()
    const got: number[] = []
    there.onMessage(async (message) => {
      await new Promise((resolve) => setTimeout(resolve, 5))
      got.push(message[0] ?? 0)
    })
    for (let i = 1; i <= 10; i++) await here.send(Uint8Array.of(i))
    here.close()
    await until(() => there.closed.aborted)
    expect(got).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
  })
})

describe('a bulk socket', () => {
  test('to a certificate that is not the pinned one is refused by the dialing side', async () => {
    const [here, there, other] = [await sockets(), await sockets(), await sockets()]
    await there.listen('127.0.0.1')
    there.expect(here.device, here.certificateHash, () => undefined)
    await expect(here.dial('127.0.0.1', there.port, { ...there.told, certificate: other.certificateHash })).rejects.toMatchObject(
      { code: 'denied' },
    )
    there.close()
  })

  test('from a certificate that is not pinned, or without one, is refused by the accepting side', async () => {
    const [here, there] = [await sockets(), await sockets()]
    await there.listen('127.0.0.1')
    let accepted = 0
    const third = await sockets()
    there.expect(third.device, third.certificateHash, () => accepted++)
    await expect(here.dial('127.0.0.1', there.port, there.told)).rejects.toMatchObject({ code: 'offline' })
    const bare = connect({ host: '127.0.0.1', port: there.port, rejectUnauthorized: false })
    bare.on('error', () => undefined)
    let bytes = 0
    bare.on('data', (data) => (bytes += data.length))
    await new Promise((resolve) => bare.once('close', resolve))
    expect([accepted, bytes]).toEqual([0, 0])
    there.close()
  })
})

describe('a certificate that another device claims for its own', () => {
  test('leads to the device that shows it', async () => {
    const [victim, thief, there] = [await sockets(), await sockets(), await sockets()]
    await there.listen('127.0.0.1')
    const went: string[] = []
    for (const [name, { device }] of Object.entries({ victim, thief }))
      there.expect(device, victim.certificateHash, () => went.push(name))
    const socket = await victim.dial('127.0.0.1', there.port, there.told)
    socket.destroy()
    expect(went).toEqual(['victim'])
    there.close()
  })

  test('is of no use to dial as the one that claims it', async () => {
    const [victim, thief, there] = [await sockets(), await sockets(), await sockets()]
    await victim.listen('127.0.0.1')
    victim.expect(there.device, there.certificateHash, () => undefined)
    // The thief told that it is the victim's certificate that it shows, and passes the connection on.
    const told = { device: thief.device, certificate: victim.certificateHash }
    await expect(there.dial('127.0.0.1', victim.port, told)).rejects.toMatchObject({ code: 'denied' })
    victim.close()
  })

  test('opens nothing to a device of the first version, which does not say who it is', async () => {
    const [victim, thief, there] = [await sockets(), await sockets(), await sockets()]
    const { cert, key, hash } = createCertificate()
    await there.listen('127.0.0.1')
    const went: string[] = []
    const first = async (): Promise<Buffer> => {
      const socket = connect({ host: '127.0.0.1', port: there.port, cert, key, rejectUnauthorized: false })
      socket.on('error', () => undefined)
      return new Promise((resolve) => {
        socket.once('data', (bytes) => {
          socket.destroy()
          resolve(bytes)
        })
        socket.once('close', () => resolve(Buffer.alloc(0)))
      })
    }
    there.expect(victim.device, hash, () => went.push('victim'))
    expect(await first()).toEqual(Buffer.from([0x48, 0x46, 0x42, 0x01]))
    const forget = there.expect(thief.device, hash, () => went.push('thief'))
    expect(await first()).toHaveLength(0)
    forget()
    expect(await first()).toHaveLength(4)
    expect(went).toEqual(['victim', 'victim'])
    there.close()
  })
})

test('a stranger gets no handshake after the first few, and one line in the log', async () => {
  const lines: string[] = []
  const there = await sockets({ ...silentLogger, warn: (_, message) => lines.push(message) })
  await there.listen('127.0.0.1')
  let shaken = 0
  for (let at = 0; at < 40; at++) {
    const bare = connect({ host: '127.0.0.1', port: there.port, rejectUnauthorized: false })
    bare.on('error', () => undefined)
    bare.once('secureConnect', () => shaken++)
    await new Promise((resolve) => bare.once('close', resolve))
  }
  expect(shaken).toBe(20)
  expect(lines).toHaveLength(1)
  there.close()
})

describe('the bulk channel of two devices', () => {
  test('carries 100 MB over one pinned socket that both sides get', async () => {
    const [a, b] = [await startDevice('a'), await startDevice('b')]
    await unite(a, b)
    const [toB, toA] = await Promise.all([peerOf(a, b), peerOf(b, a)])
    let received = 0
    const arrived: Link[] = []
    toA.onBulk((link) => {
      arrived.push(link)
      link.onMessage((message) => void (received += message.length))
    })
    const link = await toB.bulk()
    for (let i = 0; i < 100; i++) await link.send(new Uint8Array(MIB).fill(1))
    await until(() => received === 100 * MIB)
    expect(await toA.bulk()).toBe(arrived[0])
    expect(a.network.traffic.sent).toBeGreaterThan(100 * MIB)
    expect(b.network.traffic.received).toBeGreaterThan(100 * MIB)
    link.close()
    await until(() => arrived[0]?.closed.aborted === true)
    const again = await toA.bulk()
    expect(again.closed.aborted).toBe(false)
    await toB.bulk()
  })

  test('is dialed by the other side where the one that should cannot', async () => {
    const ids = [createIdentity(), createIdentity()].sort((one, two) => (one.device < two.device ? -1 : 1))
    const [small, great] = ids as [Identity, Identity]
    // The smaller id dials; the other one does not listen.
    const infos: string[] = []
    const logger = {
      ...silentLogger,
      info: (_: object, message: string) => void (message.includes('bulk') && infos.push(message)),
    }
    const a = await startDevice('a', { identity: small }, { logger })
    const b = await startDevice('b', { identity: great }, { bulk: false })
    await unite(a, b)
    const [toB, toA] = await Promise.all([peerOf(a, b), peerOf(b, a)])
    const link = await toA.bulk()
    const got = new Promise<number>((resolve) => link.onMessage((message) => resolve(message.length)))
    await (await toB.bulk()).send(new Uint8Array(5))
    expect(await got).toBe(5)
    expect(infos).toEqual(['no direct bulk channel from here; asking the other device to dial'])
  })

  test('falls back to a libp2p stream where no socket can be opened', async () => {
    const blocked = { bulk: false }
    const [a, b] = [await startDevice('a', {}, blocked), await startDevice('b', {}, blocked)]
    await unite(a, b)
    const [toB, toA] = await Promise.all([peerOf(a, b), peerOf(b, a)])
    const got = new Promise<number>((resolve) => toB.onBulk((link) => link.onMessage((message) => resolve(message.length))))
    const link = await toA.bulk()
    await link.send(new Uint8Array(MIB), new Uint8Array(MIB))
    expect(await got).toBe(2 * MIB)
    expect(a.network.traffic.received + b.network.traffic.received).toBeGreaterThan(2 * MIB)
  })
})
