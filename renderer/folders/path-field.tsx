import { useEffect, useState } from 'react'
import { theShell } from '../live/shell.ts'
import { t } from '../text/text.ts'
import { ChooseDirectory } from './choose-directory.tsx'
import { pathIn } from './home-directory.ts'

/** A directory of the daemon's computer: typed, or chosen. With `below` a directory of that name is made in the one that is chosen. */
export function PathField({
  label,
  value,
  change,
  placeholder,
  below = '',
  note,
  begin = false,
}: {
  label: string
  value: string
  change: (path: string) => void
  placeholder?: string
  below?: string
  /** Said above the directories to choose from. */
  note?: string | undefined
  /** Opens the browser of directories at once. */
  begin?: boolean
}) {
  const [choosing, setChoosing] = useState(false)
  // Not with the first drawing: a dialog that this is in has to be open before.
  useEffect(() => setChoosing(begin), [begin])
  const choose = async (): Promise<void> => {
    const shell = theShell()
    if (shell === undefined) return setChoosing(true)
    const picked = await shell.pickFolder()
    if (picked !== null) change(below === '' ? picked : pathIn(picked, below))
  }
  return (
    <div className="folders-path">
      <label className="field">
        <span>{label}</span>
        <input
          name="path"
          value={value}
          onChange={(event) => change(event.target.value)}
          placeholder={placeholder}
          required
          autoComplete="off"
          autoCapitalize="off"
          spellCheck={false}
        />
      </label>
      <button type="button" onClick={() => void choose()}>
        {t('folders.choose')}
      </button>
      {choosing ? (
        <ChooseDirectory
          from={below === '' ? value.trim() : ''}
          below={below}
          note={note}
          choose={(path) => {
            change(path)
            setChoosing(false)
          }}
          close={() => setChoosing(false)}
        />
      ) : null}
    </div>
  )
}
