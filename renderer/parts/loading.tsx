import { useEffect, useState, type ReactNode } from 'react'
import { t } from '../text/text.ts'

/** What comes sooner needs no word, and would only flicker. */
const PATIENCE_MS = 500

/** In the place of a part that is being loaded, once that takes long. */
export function Loading({ children }: { children?: ReactNode }) {
  const [isLong, setLong] = useState(false)
  useEffect(() => {
    const timer = setTimeout(() => setLong(true), PATIENCE_MS)
    return () => clearTimeout(timer)
  }, [])
  if (!isLong) return null
  return (
    children ?? (
      <p className="muted" role="status">
        {t('app.loading')}
      </p>
    )
  )
}
