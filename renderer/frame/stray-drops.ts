import { useEffect } from 'react'
import { tell } from '../live/toasts.ts'
import { t } from '../text/text.ts'

/** Files that are dropped where nothing takes them: the browser would open them in the page's place. */
export function useStrayDrops(): void {
  useEffect(() => {
    const held = (event: DragEvent): void => {
      if (isStray(event)) event.preventDefault()
    }
    const dropped = (event: DragEvent): void => {
      if (!isStray(event)) return
      event.preventDefault()
      tell(t('app.stray-drop'))
    }
    window.addEventListener('dragover', held)
    window.addEventListener('drop', dropped)
    return () => {
      window.removeEventListener('dragover', held)
      window.removeEventListener('drop', dropped)
    }
  }, [])
}

function isStray({ defaultPrevented, dataTransfer, target }: DragEvent): boolean {
  const isForField = target instanceof HTMLInputElement && target.type === 'file'
  return !defaultPrevented && !isForField && dataTransfer?.types.includes('Files') === true
}
