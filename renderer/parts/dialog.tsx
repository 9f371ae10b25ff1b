import { useEffect, useId, useRef, type ReactNode } from 'react'
import { t } from '../text/text.ts'
import { Icon } from './icon.tsx'

/**
 * Something to look at or decide before going on; `close` is called where it is given up, by Escape as well. Shown as long as it is drawn.
 * Who uses the keyboard begins at the element with `data-first`, or at the first there is.
 */
export function Dialog({
  title,
  wide = false,
  close,
  children,
  actions,
}: {
  title: string
  wide?: boolean
  close: () => void
  children: ReactNode
  actions?: ReactNode
}) {
  const element = useRef<HTMLDialogElement>(null)
  const id = useId()
  useEffect(() => {
    const dialog = element.current
    dialog?.showModal()
    dialog?.querySelector<HTMLElement>('[data-first]')?.focus()
    return () => dialog?.close()
  }, [])
  return (
    <dialog
      ref={element}
      className={wide ? 'wide' : ''}
      aria-labelledby={id}
      onCancel={(event) => {
        event.preventDefault()
        close()
      }}
    >
      <div className="dialog-head">
        <h2 id={id}>{title}</h2>
        <button type="button" className="quiet" aria-label={t('action.close')} onClick={close}>
          <Icon name="close" />
        </button>
      </div>
      {children}
      {actions === undefined ? null : <div className="dialog-actions">{actions}</div>}
    </dialog>
  )
}
