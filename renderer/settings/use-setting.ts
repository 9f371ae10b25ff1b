import { useState } from 'react'
import type { Setting } from '#api/contract'
import { api } from '../live/api.ts'
import { tell } from '../live/toasts.ts'
import { useAction, type Failure } from '../parts/action.tsx'
import { noteWords } from '../parts/note-words.ts'
import { t } from '../text/text.ts'

export interface Saving {
  busy: boolean
  failure: Failure | null
  /** What has to be known of the value that was saved. */
  note: string | null
  save: (value: Setting['value']) => Promise<boolean>
}

/** Saves a setting, and tells so under `name`, with a way back; what cannot be saved is said where it is typed. */
export function useSetting({ key, value }: Pick<Setting, 'key' | 'value'>, name: string, changed: () => void): Saving {
  const { busy, failure, run } = useAction()
  const [note, setNote] = useState<string | null>(null)
  const set = async (next: Setting['value']): Promise<void> => {
    const saved = await api.configSet({ key, value: next })
    setNote(saved.note === undefined ? null : noteWords(saved.note, saved.values))
    changed()
  }
  const save = async (next: Setting['value']): Promise<boolean> => {
    const worked = await run(() => set(next))
    if (worked) tell(t('settings.saved', { name }), () => set(value))
    return worked
  }
  return { busy, failure, note, save }
}
