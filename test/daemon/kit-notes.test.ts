import { expect, test } from 'vitest'
import type { BackendContext } from '../../src/daemon/backend-context.ts'
import { recoveryOperations } from '../../src/daemon/backend-recovery.ts'

interface Other {
  name: string
  role: 'member' | 'storage'
  connected: boolean
  pledge: number
}

/** The codes of what is told of a kit that is made beside these devices. */
async function toldBeside(...others: Other[]): Promise<unknown[]> {
  const pledge = (device: string): number => others.find(({ name }) => name === device)?.pledge ?? 0
  const kit = { code: { secret: Buffer.alloc(16), group: 'a'.repeat(26) }, name: 'recovery-kit', devices: [] }
  const { exportRecovery } = recoveryOperations({
    network: {
      group: { device: 'me', state: { folders: [], pledge } },
      recovery: { draft: () => kit, authorise: () => Promise.resolve() },
      devices: () => [{ own: true }, ...others.map((other) => ({ ...other, own: false, device: other.name }))],
    },
    clock: { now: () => 0 },
    activity: { add: () => undefined },
  } as unknown as BackendContext)
  const { notes } = await exportRecovery({ file: null, passphrase: null, words: true }, AbortSignal.any([]))
  return notes.map(({ values }) => values?.['note'])
}

const member = { name: 'ben', role: 'member', connected: true, pledge: 0 } as const

test('a kit is said to find nothing only where no other device is in the group', async () => {
  expect(await toldBeside()).toEqual(['kit-alone'])
  expect(await toldBeside(member)).toEqual(['kit-no-blocks'])
  expect(await toldBeside({ ...member, pledge: 1 })).toEqual([])
  expect(await toldBeside({ ...member, role: 'storage', connected: false })).toEqual(['kit-unheard'])
})
