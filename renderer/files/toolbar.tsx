import { useRef, useState } from 'react'
import { Icon } from '../parts/icon.tsx'
import { t, type MessageKey } from '../text/text.ts'
import { uploadChosen } from './begin-upload.ts'
import { NewDirectory } from './new-directory.tsx'
import type { Going } from './place.ts'
import { MomentDialog } from './moment-dialog.tsx'
import type { Goal } from './uploads.ts'

/** What can be done in a directory. */
export function Toolbar({
  goal,
  refusal,
  place,
  go,
}: {
  goal: Goal
  refusal: MessageKey | null
  place: Going['place']
  go: Going['go']
}) {
  const [asked, setAsked] = useState<'directory' | 'then' | null>(null)
  const files = useRef<HTMLInputElement>(null)
  const directory = useRef<HTMLInputElement>(null)
  const close = (): void => setAsked(null)
  return (
    <div className="files-tools">
      {refusal === null ? (
        <>
          <button type="button" className="primary" onClick={() => files.current?.click()}>
            <Icon name="plus" /> {t('files.add')}
          </button>
          <button type="button" onClick={() => directory.current?.click()}>
            <Icon name="addFolder" /> <span>{t('files.add-directory')}</span>
          </button>
          <button type="button" onClick={() => setAsked('directory')}>
            <Icon name="newFolder" /> <span>{t('files.new-directory')}</span>
          </button>
          <input ref={files} type="file" multiple hidden aria-label={t('files.add')} onChange={take} />
          <input
            ref={(input) => {
              directory.current = input
              // React knows no such attribute.
              input?.setAttribute('webkitdirectory', '')
            }}
            type="file"
            hidden
            aria-label={t('files.add-directory')}
            onChange={take}
          />
        </>
      ) : place.at === undefined ? (
        <p className="muted">
          <Icon name="hand" /> {t(refusal)}
        </p>
      ) : null}
      <div className="files-views">
        <label>
          <input
            type="checkbox"
            checked={place.deleted}
            onChange={({ target }) => go({ deleted: target.checked, find: place.find }, { replace: true })}
          />{' '}
          {t('files.with-deleted')}
        </label>
        <button type="button" aria-pressed={place.at !== undefined} onClick={() => setAsked('then')}>
          <Icon name="history" /> {t('files.then')}
        </button>
      </div>
      {asked === 'directory' ? <NewDirectory goal={goal} close={close} /> : null}
      {asked === 'then' ? <MomentDialog at={place.at} close={close} show={(at) => go({ at })} /> : null}
    </div>
  )

  function take({ target }: { target: HTMLInputElement }): void {
    if (target.files !== null) uploadChosen(target.files, goal)
    // The same ones can be chosen again.
    target.value = ''
  }
}
