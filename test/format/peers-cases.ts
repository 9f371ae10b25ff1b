import type { Random } from '#base'
import { deviceIdOf, folderIdOf, groupIdOf, type VersionId } from '#model'
import { encodeGreeting } from '../../src/peers/bulk-greeting.ts'
import { encodeControl, type Control } from '../../src/peers/control.ts'
import { frameHeader, partedHeader, partHeader } from '../../src/peers/frames.ts'
import { identityOf } from '../../src/peers/identity.ts'
import { encodeInvite } from '../../src/peers/invite-code.ts'
import { NO_OPERATION, signOperation, type Operation } from '../../src/peers/operation.ts'
import type { FolderCreation, OperationBody, SnapshotCreation } from '../../src/peers/operation-body.ts'
import { encodePairing, type PairingMessage } from '../../src/peers/pairing-messages.ts'
import { providerKey } from '../../src/peers/provider-keys.ts'
import { commitment, inviteName, inviteProof, pairingDigits } from '../../src/peers/pairing-proof.ts'
import { sealName } from '../../src/peers/sealed-names.ts'
import { dataKeyId, secretCheck, wrapDataKey, wrapSecret, x25519PublicKey } from '../../src/peers/wrap.ts'

/** 32 bytes (or `length`) that begin with `first` and count up. */
function bytes(first: number, length = 32): Uint8Array {
  return Uint8Array.from({ length }, (_, at) => (first + at) & 0xff)
}

export const founder = identityOf(bytes(1), bytes(65))
export const other = identityOf(bytes(33), bytes(97))
export const secret = bytes(200)
const folder = folderIdOf(bytes(7, 16))
const group = groupIdOf(bytes(9, 16))
const x25519 = x25519PublicKey(other.x25519)
const dataKeyTime = 1_740_799_999_999_999
export const dataKey = { id: dataKeyId(bytes(220), folder, dataKeyTime), hlc: dataKeyTime, key: bytes(220) }

const version = '000102030405060708090a0b0c0d0e0f' as VersionId

const upTo: SnapshotCreation['upTo'] = [
  [
    founder.device,
    [
      { epoch: 1, seq: 300 },
      { epoch: 1_700_000_000_000, seq: 2 },
    ],
  ],
  [other.device, [{ epoch: 4, seq: 17 }]],
]
const nonce = { bytes: (length: number) => bytes(240, length) } as Random
const sealedFolder: FolderCreation = {
  kind: 'folder.create',
  folder,
  name: 'Bilder & Töne',
  history: 'full',
  consistency: 'eventual',
  created: 1_740_800_000_456,
  check: secretCheck(secret),
  past: [],
}
const sealedSnapshot: SnapshotCreation = {
  kind: 'snapshot.create',
  folder,
  id: 'd0d1d2d3d4d5d6d7d8d9dadbdcdddedf',
  name: 'nach der Reise',
  created: 1_740_800_000_789,
  entries: 7,
  bytes: 4096,
  upTo,
}

const bodies: OperationBody[] = [
  { kind: 'genesis', name: 'desk', x25519: x25519PublicKey(founder.x25519), ringSize: 1024, nonce: bytes(3, 16) },
  { kind: 'device.add', device: other.device, name: 'laptop', role: 'member', x25519 },
  { kind: 'device.add', device: other.device, name: 'nas', role: 'storage', x25519 },
  { kind: 'device.rename', device: other.device, name: 'büro' },
  { kind: 'device.remove', device: other.device, last: 4, cuts: [[folder, { epoch: 1, seq: 300 }]] },
  {
    kind: 'folder.create',
    folder,
    name: 'photos',
    history: 'off',
    consistency: 'strong',
    created: 1_700_000_000_000,
    check: secretCheck(secret),
    past: [[other.device, { epoch: 2, seq: 9 }]],
  },
  { kind: 'folder.share', folder, device: null, role: 'send-only', cut: null },
  { kind: 'folder.share', folder, device: other.device, role: 'none', cut: { epoch: 1, seq: 300 } },
  wrapSecret(secret, { group, folder, device: other.device }, x25519, bytes(129)),
  { kind: 'unknown', number: 99, fields: ['from a newer Holdfast', 1] },
  {
    kind: 'folder.count',
    folder,
    devices: [
      [
        other.device,
        [
          { epoch: 1, seq: 300 },
          { epoch: 4, seq: 2 },
        ],
      ],
      [founder.device, []],
    ],
  },
  { kind: 'key.ask', folder },
  { kind: 'folder.take', folder, takes: true },
  { kind: 'folder.take', folder, takes: false },
  {
    kind: 'data-key.wrap',
    folder,
    wraps: [
      wrapDataKey(dataKey, { group, folder, device: other.device }, x25519, bytes(161)),
      wrapDataKey(dataKey, { group, folder, device: founder.device }, x25519PublicKey(founder.x25519), bytes(193)),
    ],
  },
  { kind: 'data-key.ask', folder, keys: [{ id: dataKey.id, hlc: dataKey.hlc }] },
  { kind: 'folder.retention', folder, policy: [1, 10, 0, 7, -1, 0, 3, 0, 1, 15, 6] },
  { kind: 'folder.pin', folder, version, isPinned: true },
  { kind: 'folder.pin', folder, version, isPinned: false },
  {
    kind: 'snapshot.create',
    folder,
    id: 'c0c1c2c3c4c5c6c7c8c9cacbcccdcecf',
    name: 'vor der Reise',
    created: 1_740_800_000_123,
    entries: 1200,
    bytes: 5_000_000_000,
    upTo,
  },
  { kind: 'snapshot.delete', folder, id: 'c0c1c2c3c4c5c6c7c8c9cacbcccdcecf' },
  { kind: 'device.pledge', bytes: 100_000_000_000 },
  { kind: 'group.setting', key: 0, value: 2 },
  { kind: 'group.setting', key: 1, value: 259_200 },
  { kind: 'recovery.add', device: other.device, name: 'recovery-kit', x25519 },
  sealName(sealedFolder, secret, nonce),
  sealName(sealedSnapshot, secret, nonce),
  { kind: 'device.leaving', isLeaving: true },
]

export const place = { group, folder, device: other.device }

/** One operation of each kind, chained in the founder's name. */
export const operations: Operation[] = []
for (const [at, body] of bodies.entries()) {
  const last = operations.at(-1)
  const draft = {
    group: last?.group ?? null,
    author: founder.device,
    seq: at + 1,
    prev: last?.hash ?? NO_OPERATION,
    hlc: 1_740_800_000_000_000 + at,
    body,
  }
  operations.push(signOperation(draft, founder.key))
}

export const controls: Control[] = [
  { kind: 'hello', group, addresses: ['/ip4/10.0.0.1/tcp/4001'], bulkPort: 40_000, certificate: bytes(40) },
  { kind: 'heads', heads: [{ author: founder.device, seq: 9, hash: bytes(50) }] },
  { kind: 'operations', operations: [bytes(1, 5), bytes(6, 3)] },
  { kind: 'ping', number: 7 },
  { kind: 'pong', number: 7 },
  { kind: 'bulk-open' },
  { kind: 'bulk-dial' },
  { kind: 'bulk-failed' },
  { kind: 'layout', layout: bytes(70, 9) },
  { kind: 'lost', folder },
  { kind: 'nowhere', folder, places: [{ author: founder.device, epoch: 5, seq: 70_000 }] },
]

export const messages: PairingMessage[] = [
  { kind: 'invite-ask', invite: bytes(1, 8), nonce: bytes(2) },
  { kind: 'invite-challenge', nonce: bytes(3) },
  { kind: 'invite-proof', mac: bytes(4) },
  { kind: 'invite-answer', mac: bytes(5) },
  { kind: 'refused', reason: 'used' },
  { kind: 'pair-ask', name: 'desk', group, alone: true, commitment: bytes(6) },
  { kind: 'pair-answer', name: 'laptop', group, alone: false, nonce: bytes(7) },
  { kind: 'pair-reveal', nonce: bytes(8) },
  { kind: 'accepted' },
  { kind: 'who' },
  { kind: 'this', name: 'desk' },
  { kind: 'device', name: 'desk', x25519, addresses: ['/ip4/10.0.0.1/tcp/4001'] },
  { kind: 'log', operations: [bytes(1, 5)], last: true, addresses: [] },
  { kind: 'joined' },
]

export const invite = {
  device: founder.device,
  secret: bytes(60, 16),
  expires: 1_700_000_000_000,
  addresses: ['/ip4/192.168.1.20/tcp/40001', '/ip6/fe80:0:0:0:0:0:1:2/tcp/40002'],
}

function hex(value: Uint8Array): string {
  return Buffer.from(value).toString('hex')
}

/** Everything that is frozen, as it is made now. */
export function madeNow(): Record<string, unknown> {
  const transcript = {
    invite: inviteName(invite.secret),
    inviter: founder.device,
    joiner: other.device,
    inviterNonce: bytes(10),
    joinerNonce: bytes(11),
  }
  const asker = { device: founder.device, name: 'desk', group, alone: true, nonce: bytes(12) }
  const asked = { device: deviceIdOf(bytes(13)), name: 'laptop', group, alone: false, nonce: bytes(14) }
  return {
    device: founder.device,
    group: operations[0]?.group,
    operations: Object.fromEntries(operations.map(({ body, seq, bytes: encoded }) => [`${seq} ${body.kind}`, hex(encoded)])),
    controls: Object.fromEntries(controls.map((control) => [control.kind, hex(encodeControl(control))])),
    pairing: Object.fromEntries(messages.map((message) => [message.kind, hex(encodePairing(message))])),
    frameHeader: hex(frameHeader(0x123456)),
    parts: hex(
      Buffer.concat([
        partedHeader(5),
        partHeader(2),
        Buffer.from('ab'),
        frameHeader(1),
        Buffer.from('x'),
        partHeader(3),
        Buffer.from('cde'),
      ]),
    ),
    bulkGreeting: hex(encodeGreeting(founder.device)),
    invite: encodeInvite(invite),
    inviteName: hex(transcript.invite),
    joinerProof: hex(inviteProof(invite.secret, 'joiner', transcript)),
    inviterProof: hex(inviteProof(invite.secret, 'inviter', transcript)),
    commitment: hex(commitment(founder.device, other.device, bytes(12))),
    digits: pairingDigits(asker, asked),
    providerKeys: {
      group: providerKey(place.group, 'group').toString(),
      folder: providerKey(place.group, { folder: place.folder }).toString(),
      partition: providerKey(place.group, { partition: 1023 }).toString(),
    },
  }
}
