import 'reflect-metadata'
import { hash, webcrypto } from 'node:crypto'
import { cryptoProvider, X509CertificateGenerator } from '@peculiar/x509'

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }
const DAY_MS = 86_400_000

/** What a device shows on its bulk channel: made at each start, kept in memory only. */
export interface Certificate {
  /** PEM. */
  readonly cert: string
  /** PEM, PKCS #8. */
  readonly key: string
  /** SHA-256 of the certificate's DER: what the other side pins. */
  readonly hash: Uint8Array
}

/**
 * A fresh self-signed P-256 certificate. Nothing in it is believed but its key: its hash goes to the other device over the
 * noise-authenticated group link, and its dates are so wide that no device's clock matters.
 */
export async function createCertificate(): Promise<Certificate> {
  cryptoProvider.set(webcrypto as never)
  const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify'])
  const certificate = await X509CertificateGenerator.createSelfSigned({
    name: 'CN=holdfast',
    notBefore: new Date(0),
    notAfter: new Date(365 * 200 * DAY_MS),
    signingAlgorithm: ALGORITHM,
    keys,
  })
  const pkcs8 = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey)).toString('base64')
  return {
    cert: certificate.toString('pem'),
    key: `-----BEGIN PRIVATE KEY-----\n${pkcs8}\n-----END PRIVATE KEY-----\n`,
    hash: certificateHash(new Uint8Array(certificate.rawData)),
  }
}

/** SHA-256 of a certificate's DER. */
export function certificateHash(der: Uint8Array): Uint8Array {
  return new Uint8Array(hash('sha256', der, 'buffer'))
}
