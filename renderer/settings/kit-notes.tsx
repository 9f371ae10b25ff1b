import { Link } from 'wouter'
import type { api } from '../live/api.ts'
import { sentence } from '../format.ts'
import { noteWords } from '../parts/note-words.ts'
import { NoteDo } from '../parts/what-to-do.tsx'
import { ADD_STORAGE } from '../places.ts'
import { t } from '../text/text.ts'

type Note = Awaited<ReturnType<typeof api.exportRecovery>>['notes'][number]

/** Those that another device would settle. */
const NEEDS_DEVICE: ReadonlySet<unknown> = new Set(['kit-alone', 'kit-no-blocks'])

/** What has to be known of a kit that was made. `leads`: with ways to what is to be done; they leave the words behind. */
export function KitNotes({ notes, leads }: { notes: readonly Note[]; leads: boolean }) {
  return notes.map((note) => (
    <p key={note.message} className="settings-note">
      {sentence(noteWords(note.message, note.values))}{' '}
      {leads && NEEDS_DEVICE.has(note.values?.['note']) ? (
        <Link href={ADD_STORAGE}>{t('settings.kit.storage')}</Link>
      ) : (
        <NoteDo note={note} />
      )}
    </p>
  ))
}
