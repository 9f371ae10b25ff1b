import { useState } from 'react'
import { t } from '../text/text.ts'

/** Copies a text, and says so for a moment. */
export function CopyButton({ text, label = t('action.copy') }: { text: string; label?: string }) {
  const [copied, setCopied] = useState(false)
  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(text)
    setCopied(true)
    setTimeout(() => setCopied(false), 1500)
  }
  return (
    <button type="button" className="quiet" onClick={() => void copy()}>
      <span aria-live="polite">{copied ? t('action.copied') : label}</span>
    </button>
  )
}
