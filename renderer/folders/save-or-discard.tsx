import { FailureNote, useAction } from '../parts/action.tsx'
import { t } from '../text/text.ts'

/** What is done with something that was changed and is not saved yet. */
export function SaveOrDiscard({
  isChanged,
  save,
  discard,
}: {
  isChanged: boolean
  save: () => Promise<unknown>
  discard: () => void
}) {
  const saving = useAction()
  return (
    <>
      <div className="actions">
        <button type="button" className="primary" disabled={!isChanged || saving.busy} onClick={() => void saving.run(save)}>
          {t('folders.save')}
        </button>
        {isChanged ? (
          <button type="button" onClick={discard}>
            {t('folders.discard')}
          </button>
        ) : null}
      </div>
      <FailureNote failure={saving.failure} />
    </>
  )
}
