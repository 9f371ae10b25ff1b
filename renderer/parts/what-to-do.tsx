import type { EntryDetails, FolderStatus, Problem, Remark } from '#api/contract'
import { isMessageKey, t, Text } from '../text/text.ts'
import { Hint } from './hint.tsx'
import { noteDo } from './note-words.ts'
import { problemDo, remarkDo } from './words.ts'

/** What to do about a problem; as the daemon says it where this page does not know the problem. */
export function ProblemDo({
  problem: { code, hint },
  folder,
}: {
  problem: Pick<Problem, 'code' | 'hint'>
  folder: FolderStatus
}) {
  const key = problemDo(code, folder)
  return key === null ? (
    <Hint hint={hint} />
  ) : (
    <span className="muted">
      <Text id={key} />
    </span>
  )
}

/** What to do about what is left undone in a folder; as the daemon says it where this page does not know it. */
export function RemarkDo({ note }: { note: Pick<Remark, 'reasonCode' | 'values' | 'hint'> }) {
  const what = remarkDo(note)
  return what === null ? <Hint hint={note.hint} /> : <span className="muted">{what}</span>
}

/** What to do about a note, said likewise. */
export function NoteDo({ note }: { note: Parameters<typeof noteDo>[0] & { hint: string } }) {
  const what = noteDo(note)
  return what === null ? <Hint hint={note.hint} /> : <span className="muted">{what}</span>
}

/** What to do about an entry that is not the same everywhere. */
export function EntryDo({ details, folder }: { details: EntryDetails; folder: FolderStatus }) {
  const { reasonCode, hint, problem, values } = details
  if (problem !== null) return <ProblemDo problem={problem} folder={folder} />
  const key = `why.${reasonCode}.do`
  if (isMessageKey(key)) return <span className="muted">{t(key)}</span>
  const devices = reasonCode === 'away' ? values?.['devices'] : undefined
  return devices === undefined ? <Hint hint={hint} /> : <span className="muted">{t('remark.connect', { devices })}</span>
}
