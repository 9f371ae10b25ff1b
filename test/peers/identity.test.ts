import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { silentLogger } from '#base'
import { parseDeviceId } from '#model'
import { loadIdentity } from '#peers'

async function home(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'holdfast-identity-'))
  onTestFinished(() => rm(path, { recursive: true }))
  return path
}

test('a device has one identity for ever, readable by its owner only', async () => {
  const path = await home()
  const made = await loadIdentity(path, silentLogger)
  expect(parseDeviceId(made.device)).toBe(made.device)
  expect(await readdir(path)).toEqual(['identity.json'])
  expect((await stat(join(path, 'identity.json'))).mode & 0o777).toBe(0o600)
  const again = await loadIdentity(path, silentLogger)
  expect([again.device, again.seed, again.x25519]).toEqual([made.device, made.seed, made.x25519])
})

test('an identity that others can read is closed to them, with a warning', async () => {
  const path = await home()
  await loadIdentity(path, silentLogger)
  await chmod(join(path, 'identity.json'), 0o644)
  const warnings: string[] = []
  await loadIdentity(path, { ...silentLogger, warn: (_, message) => warnings.push(message) })
  expect(warnings).toHaveLength(1)
  expect((await stat(join(path, 'identity.json'))).mode & 0o777).toBe(0o600)
})

test('a damaged identity is never replaced by a new one', async () => {
  const path = await home()
  const file = join(path, 'identity.json')
  const { device } = await loadIdentity(path, silentLogger)
  const whole = await readFile(file, 'utf8')
  const fields = JSON.parse(whole) as Record<string, unknown>
  const damaged = [
    '',
    '{',
    'null',
    whole.slice(0, -20),
    JSON.stringify({ ...fields, ed25519: 'AAAA' }),
    JSON.stringify({ ...fields, x25519: 1 }),
    JSON.stringify({ ...fields, device: 'x' }),
  ]
  for (const text of damaged) {
    await writeFile(file, text)
    await expect(loadIdentity(path, silentLogger)).rejects.toMatchObject({ code: 'corrupt' })
    expect(await readFile(file, 'utf8')).toBe(text)
  }
  await writeFile(file, JSON.stringify({ ...fields, version: 2 }))
  await expect(loadIdentity(path, silentLogger)).rejects.toMatchObject({ code: 'unsupported' })
  await writeFile(file, whole)
  expect((await loadIdentity(path, silentLogger)).device).toBe(device)
})
