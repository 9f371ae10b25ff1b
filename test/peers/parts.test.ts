import { connect } from 'node:tls'
import { expect, test } from 'vitest'
import { silentLogger, systemClock } from '#base'
import { createIdentity } from '#peers'
import { encodeGreeting, knowsParts } from '../../src/peers/bulk-greeting.ts'
import { BulkSockets } from '../../src/peers/bulk-sockets.ts'
import { createCertificate } from '../../src/peers/certificate.ts'
import { frameHeader, FrameReader, partedHeader, partHeader } from '../../src/peers/frames.ts'

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString()

test('a message in parts is put together however the bytes are cut, and whole ones between its parts come before it', () => {
  const bytes = Buffer.concat([
    ...[partedHeader(5), partHeader(1), Buffer.from('a'), frameHeader(2), Buffer.from('xy'), partHeader(4), Buffer.from('bcde')],
    ...[frameHeader(1), Buffer.from('z')],
  ])
  for (const size of [1, 3, bytes.length]) {
    const reader = new FrameReader(16, undefined, true)
    const messages: Uint8Array[] = []
    for (let at = 0; at < bytes.length; at += size) messages.push(...reader.push(bytes.subarray(at, at + size)))
    expect(messages.map(text)).toEqual(['xy', 'abcde', 'z'])
    expect([reader.partial, reader.isInParts]).toEqual([0, false])
  }
})

test.each([
  ['a part of no message', [partHeader(1)]],
  ['a part of no bytes', [partedHeader(5), partHeader(0)]],
  ['a part beyond the end of its message', [partedHeader(5), partHeader(6)]],
  ['a message in parts within another', [partedHeader(5), partedHeader(5)]],
  ['a message in parts that is too large', [partedHeader(17)]],
])('%s is refused', (_, pieces) => {
  const bytes = Buffer.concat(pieces)
  expect(() => new FrameReader(16, undefined, true).push(bytes)).toThrow(/part|17 bytes/)
  expect(() => new FrameReader(16).push(bytes)).toThrow(/a frame of/)
})

test.each([
  ['of the second version', ['holdfast-bulk/2'], false],
  ['of the third', ['holdfast-bulk/2', 'holdfast-bulk/3'], true],
])('a device %s is greeted, and gets parts if it knows of them', async (_, ALPNProtocols, parts) => {
  const [{ device }, { cert, key, hash }] = [createIdentity(), createCertificate()]
  const there = new BulkSockets({
    device: createIdentity().device,
    certificate: createCertificate(),
    clock: systemClock,
    logger: silentLogger,
  })
  await there.listen('127.0.0.1')
  const known = new Promise((resolve) => there.expect(device, hash, (socket) => resolve(knowsParts(socket))))
  const socket = connect({ host: '127.0.0.1', port: there.port, cert, key, rejectUnauthorized: false, ALPNProtocols })
  socket.once('secureConnect', () => socket.write(encodeGreeting(device)))
  expect(await known).toBe(parts)
  socket.destroy()
  there.close()
})
