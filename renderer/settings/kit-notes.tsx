import { Link } from 'wouter'
import type { api } from '../live/api.ts'
import { sentence } from '../format.ts'
import { Hint } from '../parts/hint.tsx'
import { known } from '../parts/told.ts'
import { ADD_STORAGE } from '../places.ts'
import { t } from '../text/text.ts'

type Note = Awaited<ReturnType<typeof api.exportRecovery>>['notes'][number]

/** Those that another device would settle. */
const NEEDS_DEVICE: ReadonlySet<string | undefined> = new Set(['alone', 'no-storage'])

/** What has to be known of a kit that was made. `leads`: with ways to what is to be done; they leave the words behind. */
export function KitNotes({ notes, leads }: { notes: readonly Note[]; leads: boolean }) {
  return notes.map((note) => {
    const { message, hint, reason, values = {} } = note
    const said = reason === undefined ? null : known(`settings.kit.note.${reason}`, values)
    return (
      <p key={message} className="settings-note">
        {said ?? (
          <>
            {sentence(message)} <Hint hint={hint} />
          </>
        )}{' '}
        {leads && NEEDS_DEVICE.has(reason) ? <Link href={ADD_STORAGE}>{t('settings.kit.storage')}</Link> : null}
      </p>
    )
  })
}
