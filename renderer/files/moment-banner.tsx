import type { ListItem } from '#api/contract'
import { exactly } from '../format.ts'
import { ActionButton } from '../parts/action.tsx'
import { Icon } from '../parts/icon.tsx'
import { t } from '../text/text.ts'
import { restoreMoment } from './actions.ts'

/** Says that something of the past is shown, and leads back. */
export function MomentBanner({
  at,
  chosen,
  folder,
  back,
}: {
  at: string | undefined
  chosen: readonly ListItem[]
  folder: string
  back: () => void
}) {
  if (at === undefined) return null
  return (
    <div className="files-then" role="status">
      <p>
        <Icon name="history" /> {t('files.then.banner', { time: exactly(at) })}
      </p>
      <p className="actions">
        {chosen.length === 0 ? (
          <span className="muted">{t('files.then.how')}</span>
        ) : (
          <ActionButton primary run={() => restoreMoment(folder, chosen, at)}>
            <Icon name="restore" /> {t('files.then.restore', { count: chosen.length })}
          </ActionButton>
        )}
        <button type="button" onClick={back}>
          {t('files.then.back')}
        </button>
      </p>
    </div>
  )
}
