import { generateKeyPairSync, hash, randomBytes, sign } from 'node:crypto'

/** What a device shows on its bulk channel: made at each start, kept in memory only. */
export interface Certificate {
  /** PEM. */
  readonly cert: string
  /** PEM, PKCS #8. */
  readonly key: string
  /** SHA-256 of the certificate's DER: what the other side pins. */
  readonly hash: Uint8Array
}

/** DER's tags (X.690). */
const INTEGER = 0x02
const BIT_STRING = 0x03
const OID = 0x06
const UTF8_STRING = 0x0c
const UTC_TIME = 0x17
const GENERALIZED_TIME = 0x18
const SEQUENCE = 0x30
const SET = 0x31
/** The version's, [0] explicit. */
const VERSION = 0xa0

const ECDSA_WITH_SHA256 = Buffer.from('2a8648ce3d040302', 'hex')
const COMMON_NAME = Buffer.from('550403', 'hex')
const NO_UNUSED_BITS = Buffer.of(0)

/**
 * A fresh self-signed P-256 certificate (RFC 5280, version 3, without extensions). Nothing in it is believed but its key: its hash goes
 * to the other device over the noise-authenticated group link, and its dates are so wide that no device's clock matters.
 */
export function createCertificate(): Certificate {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const algorithm = der(SEQUENCE, der(OID, ECDSA_WITH_SHA256))
  const name = der(SEQUENCE, der(SET, der(SEQUENCE, der(OID, COMMON_NAME), der(UTF8_STRING, Buffer.from('holdfast')))))
  const validity = der(
    SEQUENCE,
    der(UTC_TIME, Buffer.from('700101000000Z')),
    der(GENERALIZED_TIME, Buffer.from('21690101000000Z')),
  )
  const body = der(
    SEQUENCE,
    der(VERSION, der(INTEGER, Buffer.of(2))),
    // Of a first byte that keeps it positive, and no shorter than it looks.
    der(INTEGER, Buffer.concat([Buffer.of(0x40), randomBytes(15)])),
    algorithm,
    name,
    validity,
    name,
    publicKey.export({ format: 'der', type: 'spki' }),
  )
  const signature = sign('sha256', body, privateKey)
  const certificate = der(SEQUENCE, body, algorithm, der(BIT_STRING, NO_UNUSED_BITS, signature))
  return {
    cert: `-----BEGIN CERTIFICATE-----\n${certificate.toString('base64')}\n-----END CERTIFICATE-----\n`,
    key: privateKey.export({ format: 'pem', type: 'pkcs8' }) as string,
    hash: certificateHash(certificate),
  }
}

/** SHA-256 of a certificate's DER. */
export function certificateHash(certificate: Uint8Array): Uint8Array {
  return new Uint8Array(hash('sha256', certificate, 'buffer'))
}

/** One value of DER: tag, length (up to 65,535), content. */
function der(tag: number, ...content: Uint8Array[]): Buffer {
  const bytes = Buffer.concat(content)
  const { length } = bytes
  const head = length < 0x80 ? [tag, length] : length < 0x100 ? [tag, 0x81, length] : [tag, 0x82, length >> 8, length & 0xff]
  return Buffer.concat([Buffer.from(head), bytes])
}
