import { expect, test } from 'vitest'
import type { Version, VersionId } from '#model'
import { isPartial, restoredText } from '../../src/cli/restored.ts'
import { planOf, planUnfit } from '../../src/daemon/restore-plan.ts'

async function* entries() {
  for (const path of ['a', 'con'])
    yield { path, version: { id: '1' as VersionId, path, kind: 'file', size: 4 } as unknown as Version }
}

test('what a restoration leaves out since its name cannot be here is told with that reason, and not as missing', async () => {
  const plan = await planOf(entries())
  for await (const entry of entries())
    if (entry.path === 'con') planUnfit(plan, [{ entry, reason: 'Windows has a device of that name' }])
  const result = { ...plan, to: '/to' }
  expect(result).toMatchObject({ entries: 1, bytes: 4, missingEntries: 0, write: [{ path: 'a' }] })
  expect(isPartial(result)).toBe(true)
  expect(restoredText(result, { what: 'docs', same: '' })).toBe(
    'Restored docs to /to: 1 entry, 4 B.\nLeft out, as this computer cannot have their names:\n  con: Windows has a device of that name',
  )
})
