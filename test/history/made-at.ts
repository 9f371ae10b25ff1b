import type { Decision, RetainableVersion } from '#history'
import type { VersionId } from '#model'

export const idOf = (text: string): VersionId => text as VersionId

/** The version made at a time of UTC, `2026-05-01 10:00`, which is its id as well; what comes after ` #` tells twins apart. */
export function madeAt(id: string, fields: Partial<RetainableVersion> = {}): RetainableVersion {
  const [day = '', clock = ''] = id.split(' ')
  return { id: idOf(id), time: Date.parse(`${day}T${clock}Z`), kind: 'file', current: false, ...fields }
}

export function deletedAt(id: string, fields: Partial<RetainableVersion> = {}): RetainableVersion {
  return madeAt(id, { kind: 'tombstone', ...fields })
}

/** A decision as it reads: version → reasons. */
export function inWords({ keep, forget }: Decision<RetainableVersion>): Record<'keep' | 'forget', Record<string, string>> {
  const list = (verdicts: typeof keep): Record<string, string> =>
    Object.fromEntries(verdicts.map(({ version, reasons }) => [version.id, reasons.join(', ')]))
  return { keep: list(keep), forget: list(forget) }
}
