import { dismiss, hold, tell, useToasts } from '../live/toasts.ts'
import { failureOf } from '../parts/action.tsx'
import { Icon } from '../parts/icon.tsx'
import { sentence } from '../format.ts'
import { t } from '../text/text.ts'

/** What was done last, in the corner; read out when it comes. */
export function Toasts() {
  const toasts = useToasts()
  return (
    <div
      className="toasts"
      role="status"
      onPointerEnter={() => hold(true)}
      // Who is there with the one may go with the other.
      onPointerLeave={({ currentTarget }) => hold(currentTarget.matches(':focus-within'))}
      onFocus={() => hold(true)}
      onBlur={({ currentTarget }) => hold(currentTarget.matches(':hover'))}
    >
      {toasts.map(({ number, text, undo }) => (
        <div key={number} className="toast">
          <p>{text}</p>
          <p className="actions">
            {undo === null ? null : (
              <button
                type="button"
                className="quiet"
                onClick={() => {
                  dismiss(number)
                  undo().catch((error: unknown) => tell(sentence(failureOf(error).message)))
                }}
              >
                {t('action.undo')}
              </button>
            )}
            <button type="button" className="quiet" aria-label={t('action.dismiss')} onClick={() => dismiss(number)}>
              <Icon name="close" />
            </button>
          </p>
        </div>
      ))}
    </div>
  )
}
