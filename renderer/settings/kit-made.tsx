import type { api } from '../live/api.ts'
import { Dialog } from '../parts/dialog.tsx'
import { t } from '../text/text.ts'
import { KitNotes } from './kit-notes.tsx'

/** A kit that was just made: its words are shown this once, and only here. */
export function KitMade({
  made: { folders, name, file, words, addresses, notes },
  close,
}: {
  made: Awaited<ReturnType<typeof api.exportRecovery>>
  close: () => void
}) {
  return (
    <Dialog
      title={t('settings.kit.made', { name })}
      close={close}
      actions={
        <>
          {words === null ? null : (
            <button type="button" onClick={() => window.print()}>
              {t('settings.kit.print')}
            </button>
          )}
          <button type="button" className="primary" onClick={close}>
            {t(words === null ? 'action.ok' : 'settings.kit.written')}
          </button>
        </>
      }
    >
      <div className="settings-kit">
        <p>{t('settings.kit.opens', { folders: folders.map((folder) => folder.name).join(', '), count: folders.length })}</p>
        {file === null ? null : (
          <p>
            {t('settings.kit.at')} <code>{file}</code>
          </p>
        )}
        {words === null ? null : (
          <>
            <p>{t('settings.kit.secret')}</p>
            <ol className="settings-words">
              {words.map((word, at) => (
                // oxlint-disable-next-line react/no-array-index-key -- words come again, and never change their order
                <li key={at}>{word}</li>
              ))}
            </ol>
            {addresses.length === 0 ? null : (
              <>
                <p>{t('settings.kit.addresses')}</p>
                <ul className="settings-addresses">
                  {addresses.map((address) => (
                    <li key={address}>
                      <code>{address}</code>
                    </li>
                  ))}
                </ul>
              </>
            )}
          </>
        )}
        <KitNotes notes={notes} leads={words === null} />
      </div>
    </Dialog>
  )
}
