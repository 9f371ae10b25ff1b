import type { Remark } from '#api/contract'
import { size } from '../format.ts'
import type { api } from '../live/api.ts'
import { RemarkDo } from '../parts/what-to-do.tsx'
import { remarkWords } from '../parts/words.ts'
import { t } from '../text/text.ts'

type Scrubbed = Awaited<ReturnType<typeof api.scrub>>
type Repaired = Awaited<ReturnType<typeof api.repair>>
type Rebalanced = Awaited<ReturnType<typeof api.rebalance>>
export type Swept = Awaited<ReturnType<typeof api.gc>>

/** What a scrub has found, in words; what was found to be well is said in one sentence. */
export function ScrubWords({ result: { checked, notes, ...found } }: { result: Scrubbed }) {
  return <Words notes={notes}>{[t('health.checked', { count: checked }), ...damageWords(found)]}</Words>
}

export function RepairWords({ result: { checked, repaired, lacking, files, elsewhere, notes, ...found } }: { result: Repaired }) {
  return (
    <Words notes={notes}>
      {[
        t('health.repair.looked', { checked, files }),
        ...(repaired > 0 ? [t('health.repaired', { count: repaired })] : []),
        ...damageWords(found),
        ...elsewhere.map(({ folder, device, missing, repaired: brought }) =>
          t('health.elsewhere', { folder, device, missing, brought }),
        ),
        ...(lacking > 0 ? [t('health.lacking', { count: lacking })] : []),
      ]}
    </Words>
  )
}

export function RebalanceWords({ result: { epoch, movedBytes, freedBytes, waitingBytes, notes } }: { result: Rebalanced }) {
  const moved = epoch === 0 ? t('health.no-layout') : t('health.moved', { bytes: size(movedBytes) })
  return (
    <Words notes={notes}>
      {[
        moved,
        ...(freedBytes > 0 ? [t('health.freed', { bytes: size(freedBytes) })] : []),
        ...(waitingBytes > 0 ? [t('health.waiting', { bytes: size(waitingBytes) })] : []),
      ]}
    </Words>
  )
}

/** What was freed; `would`: what would be. */
export function SweepWords({ result, would = false }: { result: Swept; would?: boolean }) {
  const { freedBytes, blocks, archivedFiles, forgotten, lost, waitingBytes, strays, elsewhere, undecided, notes } = result
  return (
    <Words
      notes={[
        ...notes.map(({ folder, message }) => ({ folder, reasonCode: '', message: `${folder}: ${message}`, hint: '' })),
        ...undecided.map(({ folder, message }) => ({ folder, reasonCode: '', message: `${folder}: ${message}`, hint: '' })),
      ]}
    >
      {[
        t(would ? 'health.sweep.would' : 'health.sweep.did', { bytes: size(freedBytes), count: blocks }),
        ...(forgotten > 0 ? [t(would ? 'health.forget.would' : 'health.forget.did', { count: forgotten })] : []),
        ...(lost > 0 ? [t('health.forget.lost', { count: lost })] : []),
        ...(archivedFiles > 0 ? [t('health.archived', { count: archivedFiles })] : []),
        ...(waitingBytes > 0 ? [t('health.waiting', { bytes: size(waitingBytes) })] : []),
        ...(strays.files > 0 ? [t('health.strays', { count: strays.files, bytes: size(strays.bytes) })] : []),
        ...elsewhere.map(({ device, bytes }) => t('health.sweep.elsewhere', { device, bytes: size(bytes) })),
      ]}
    </Words>
  )
}

function damageWords({ damaged, healed, unneeded, inFiles, waiting }: Omit<Scrubbed, 'checked' | 'notes'>): string[] {
  if (damaged === 0) return [t('health.undamaged')]
  return [
    t('health.damage', { count: damaged }),
    ...(healed > 0 ? [t('health.healed', { count: healed })] : []),
    ...(unneeded > 0 ? [t('health.unneeded', { count: unneeded, inFiles })] : []),
    ...(waiting > 0 ? [t('health.waits', { count: waiting })] : []),
  ]
}

function Words({ children, notes }: { children: string[]; notes: readonly Remark[] }) {
  return (
    <>
      <ul className="health-result">
        {children.map((each) => (
          <li key={each}>{each}</li>
        ))}
      </ul>
      {notes.map((note) => (
        <p key={`${note.folder} ${note.message}`} className="settings-note">
          {remarkWords(note)} <RemarkDo note={note} />
        </p>
      ))}
    </>
  )
}
