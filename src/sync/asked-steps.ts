import { HoldfastError, type Queue } from '#base'
import { NO_VERSION, type FolderIndex, type ShownEntry, type TodoRow } from '#db'
import type { FolderDisk, Step, StepResult } from '#folder'
import { pathKey, type DiskKind } from '#model'
import { emptyApplied } from './applier.ts'
import { sourcesOfCut, sourcesOfDerived } from './derived-files.ts'

export interface AskedStepsParts {
  index: Pick<FolderIndex, 'commit'>
  disk: Pick<FolderDisk, 'transition'>
  /** See ApplierParts. */
  tree: Queue
  /** Rejects with `blocked` when the tree on the disk is not the one we know. */
  healthy(): Promise<void>
}

/** A step that somebody asked for, and what it takes away or replaces. */
export interface AskedStep {
  step: Step
  over: ShownEntry | null
}

export type Failure = Exclude<StepResult, { ok: true }>

/**
 * Brings steps to the disk that are the user's own edits, and so have no version yet. What they sent to the archive is noted as a place
 * to read from; that anything has changed is left to whoever asked, or to the next look.
 */
export async function takeAskedSteps(
  { index, disk, tree, healthy }: AskedStepsParts,
  asked: readonly AskedStep[],
): Promise<StepResult[]> {
  const results = await tree.run(async () => {
    await healthy()
    return await disk.transition(asked.map(({ step }) => step))
  })
  const applied = { ...emptyApplied(), still: results.flatMap((result) => (result.ok || !result.still ? [] : [result.still])) }
  results.forEach((result, at) => {
    const over = asked[at]?.over ?? null
    if (!result.ok || result.archived === undefined || over === null) return
    const version = over.version === null || over.version.id === NO_VERSION ? null : over.version.id
    const path = over.version?.path ?? result.archived.path
    applied.archived.push({ ...result.archived, path, version, chunks: over.kind === 'file' ? over.chunks : new Uint8Array(0) })
  })
  if (applied.archived.length > 0 || applied.still.length > 0) await index.commit(applied)
  return results
}

/** What a step's place in the archive is told by; null where nothing is to go there, as of `kind` nothing does. */
export function archiveAs(kind: DiskKind | undefined, over: ShownEntry | null): string | null {
  return kind === undefined || kind === 'directory' ? null : (over?.version?.id ?? 'local').slice(0, 12)
}

/** What the disk shows at each path, versions in conflict under their derived names, too. */
export async function shownAt(
  index: Pick<FolderIndex, 'rows' | 'conflictsBeginning'>,
  paths: readonly string[],
): Promise<{ shown: ShownEntry | null; isDerived: boolean }[]> {
  const rows = await index.rows(paths)
  return await Promise.all(
    paths.map(async (path, at) => {
      const own = entryAt(rows[at], path)
      const sources = own === null ? [...sourcesOfDerived(path), ...(await sourcesOfCut(index, [path]))] : []
      for (const row of sources.length === 0 ? [] : await index.rows(sources)) {
        const derived = entryAt(row, path)
        if (derived !== null) return { shown: derived, isDerived: true }
      }
      return { shown: own, isDerived: false }
    }),
  )
}

function entryAt(row: TodoRow | undefined, path: string): ShownEntry | null {
  return row?.shown.find((entry) => pathKey(entry.path) === pathKey(path)) ?? null
}

/** Why a step was not taken, as whoever asked for it is told. */
export function stepFault(path: string, { code, message }: Failure): HoldfastError {
  const said = `${path}: ${message}`
  switch (code) {
    case 'changed':
    case 'gone':
    case 'parent':
      return new HoldfastError('conflict', said, {
        reason: 'step',
        values: { path, problem: code },
        hint: 'somebody else changes it at the same moment; repeat it',
      })
    case 'not-empty':
      return new HoldfastError('exists', said, {
        reason: 'step',
        values: { path, problem: code },
        hint: 'what is ignored in it stays; move or delete that yourself',
      })
    case 'name':
    case 'denied':
    case 'device-boundary':
      return new HoldfastError('denied', said, {
        reason: 'step',
        values: { path, problem: code },
        hint: 'choose another path, or mend what keeps it from being written',
      })
    case 'full':
      return new HoldfastError('full', said, { reason: 'step', values: { path, problem: code } })
    case 'io':
      return new HoldfastError('internal', said, { reason: 'step', values: { path, problem: code } })
  }
}
