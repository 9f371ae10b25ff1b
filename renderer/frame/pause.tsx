import { useRef } from 'react'
import type { FolderStatus } from '#api/contract'
import { api } from '../live/api.ts'
import { FailureNote, useAction } from '../parts/action.tsx'
import { Icon } from '../parts/icon.tsx'
import { t, type MessageKey } from '../text/text.ts'
import { untilTomorrow } from './until-tomorrow.ts'

const HOUR = 3_600

/** For how long, in seconds; null: until somebody resumes. */
const TIMES: readonly (readonly [MessageKey, () => number | null])[] = [
  ['pause.half-hour', () => HOUR / 2],
  ['pause.hour', () => HOUR],
  ['pause.tomorrow', () => untilTomorrow(new Date())],
  ['pause.resumed', () => null],
]

/** Stops all folders of this device for a time, or lets them go on. */
export function Pause({ folders }: { folders: readonly FolderStatus[] }) {
  const menu = useRef<HTMLDetailsElement>(null)
  const { busy, failure, run } = useAction()
  const mine = folders.filter(({ state }) => state !== 'offered')
  const running = mine.filter(({ state }) => state !== 'paused')
  if (mine.length === 0) return null
  const pause = (forSeconds: number | null): void => {
    void run(() => Promise.all(running.map(({ id }) => api.pauseFolder({ folder: id, forSeconds }))))
    if (menu.current !== null) menu.current.open = false
  }
  const resume = (): void => void run(() => Promise.all(mine.map(({ id }) => api.resumeFolder({ folder: id }))))
  return (
    <div className="pause">
      <FailureNote failure={failure} />
      {running.length === 0 ? (
        <button type="button" disabled={busy} onClick={resume}>
          {t('pause.resume-all')}
        </button>
      ) : (
        <details
          ref={menu}
          onKeyDown={({ key, currentTarget }) => {
            if (key === 'Escape') currentTarget.open = false
          }}
        >
          <summary>
            <Icon name="pause" /> <span className="pause-name">{t('pause.all')}</span>
          </summary>
          <ul>
            {TIMES.map(([name, seconds]) => (
              <li key={name}>
                <button type="button" className="quiet" disabled={busy} onClick={() => pause(seconds())}>
                  {t(name)}
                </button>
              </li>
            ))}
          </ul>
        </details>
      )}
    </div>
  )
}
