import { useState } from 'react'
import { api } from '../live/api.ts'
import { useCommand } from '../live/commands.ts'
import type { Snapshot } from '../live/state.ts'
import { tell } from '../live/toasts.ts'
import { FailureNote } from '../parts/action.tsx'
import { CommandProgress } from '../parts/command-progress.tsx'
import { Dialog } from '../parts/dialog.tsx'
import { RemarkDo } from '../parts/what-to-do.tsx'
import { remarkWords } from '../parts/words.ts'
import { t } from '../text/text.ts'

/** Takes this device out of its group, after it has said what that means. */
export function LeaveGroup({ snapshot: { device, devices, removed } }: { snapshot: Snapshot }) {
  const [asked, setAsked] = useState(false)
  const command = useCommand('leave', (now: boolean) => api.leaveGroup({ now }))
  const others = devices.filter((each) => each.device !== device.id && each.role !== 'recovery')
  const isAlone = others.length === 0 && removed === null
  const leave = async (now: boolean): Promise<void> => {
    if (!(await command.run(now))) return
    setAsked(false)
    tell(t('settings.left'))
  }
  return (
    <div className="settings-row">
      <p className="muted">{t(isAlone ? 'settings.leave.alone' : 'settings.leave.how')}</p>
      {command.result?.notes.map((note) => (
        <p key={`${note.folder} ${note.message}`} className="settings-note" role="status">
          {remarkWords(note)} <RemarkDo note={note} />
        </p>
      ))}
      {isAlone ? null : (
        <p>
          <button type="button" onClick={() => setAsked(true)}>
            {t('settings.leave')}
          </button>
        </p>
      )}
      {asked ? (
        <Dialog
          title={t('settings.leave.title')}
          close={() => setAsked(false)}
          actions={
            <>
              <button type="button" onClick={() => setAsked(false)}>
                {t('action.cancel')}
              </button>
              {command.failure === null ? null : (
                <button type="button" className="danger" disabled={command.busy} onClick={() => void leave(true)}>
                  {t('settings.leave.now')}
                </button>
              )}
              <button type="button" className="danger" disabled={command.busy} onClick={() => void leave(false)}>
                {t('settings.leave.do')}
              </button>
            </>
          }
        >
          <ul className="settings-means">
            <li>{t('settings.leave.files')}</li>
            <li>{t('settings.leave.over')}</li>
            <li>{t('settings.leave.back')}</li>
          </ul>
          <CommandProgress label={t('settings.leave.progress')} command={command} />
          <FailureNote failure={command.failure} />
        </Dialog>
      ) : null}
    </div>
  )
}
