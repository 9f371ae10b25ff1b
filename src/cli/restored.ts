import type { SnapshotRestored } from '#api/contract'
import { size, table } from './text.ts'

type Restored = Omit<SnapshotRestored, 'name'>

/** How what is restored is spoken of, and that it is all there already. */
export interface RestoreNames {
  what: string
  same: string
}

export function entriesIn(count: number): string {
  return count === 1 ? '1 entry' : `${count} entries`
}

/** Was anything left out? */
export function isPartial({ missingEntries, unfit = [] }: Restored): boolean {
  return missingEntries + unfit.length > 0
}

/** What was restored. */
export function restoredText(result: Restored, names: RestoreNames): string {
  const { missing, missingEntries, missingBytes, unfit = [], left: changed = 0 } = result
  const done = [
    whatWasDone(result, names),
    ...(changed === 0
      ? []
      : [`Left as they are, as they were changed meanwhile: ${entriesIn(changed)}. Run it again to restore these, too.`]),
    ...(unfit.length === 0 ? [] : ['Left out, as this computer cannot have their names:']),
    ...unfit.map(({ path, reason }) => `  ${path}: ${reason}`),
  ].join('\n')
  if (missingEntries === 0) return done
  const rest = missingEntries > missing.length ? [`and ${missingEntries - missing.length} more`] : []
  const left = `Left out: ${entriesIn(missingEntries)} (${size(missingBytes)}), of which no device that is connected has all content:`
  return [done, left, ...missing.map((path) => `  ${path}`), ...rest].join('\n')
}

function whatWasDone({ to, entries, bytes, deleted, missingEntries }: Restored, { what, same }: RestoreNames): string {
  if (to !== null) return `Restored ${what} to ${to}: ${entriesIn(entries)}, ${size(bytes)}.`
  if (entries + deleted + missingEntries === 0) return `Nothing to do: ${same}.`
  return `Restored ${what}: ${entriesIn(entries)} written, ${deleted} deleted. The files may still be on their way: holdfast wait`
}

/** What would be restored. */
export function plannedText(plan: Restored, isPartial: boolean, { what }: RestoreNames): string {
  const { to, write, delete: gone, entries, bytes, deleted, missing, missingEntries, missingBytes } = plan
  const rows = [
    ...missing.map((path) => ['missing', null, path]),
    ...write.map(({ path, kind, size: length }) => ['write', kind === 'file' ? size(length) : kind, path]),
    ...gone.map((path) => ['delete', null, path]),
  ]
  const place = to === null ? '' : ` to ${to}`
  const total = `${entriesIn(entries)} written (${size(bytes)}), ${deleted} deleted`
  const lines =
    missingEntries === 0 || isPartial
      ? [
          ...(missingEntries === 0 ? [] : [`Left out: ${entriesIn(missingEntries)} (${size(missingBytes)}).`]),
          `${what} would be restored${place}: ${total}.`,
        ]
      : [
          `${what} cannot be restored${place} now: no device that is connected has all content of ${entriesIn(missingEntries)} (${size(missingBytes)}), and nothing is restored without it, unless --partial leaves that out.`,
          `Once that is there: besides it ${total}. holdfast devices shows who is not connected.`,
        ]
  return [...(rows.length === 0 ? [] : [table(['', 'SIZE', 'PATH'], rows), '']), ...lines].join('\n')
}
