import { useState } from 'react'
import type { PastVersion } from '#api/contract'
import { api } from '../live/api.ts'
import { theShell } from '../live/shell.ts'
import { tell } from '../live/toasts.ts'
import { when } from '../format.ts'
import { FailureNote, useAction } from '../parts/action.tsx'
import { Icon, type IconName } from '../parts/icon.tsx'
import { contentAddress, needContent } from '../preview/content.ts'
import { quoted } from '../parts/shown-name.ts'
import { t } from '../text/text.ts'
import { onDisk } from './on-disk.ts'
import { restoreHere, tellCopy, type OfPath } from './restore.ts'

/** All that can be done with a version, next to each other; `root`: where the folder is on this disk. */
export function VersionActions({
  of,
  root,
  version,
  versions,
  compare,
  changed,
}: {
  of: OfPath
  root: string | null
  version: PastVersion
  versions: readonly PastVersion[]
  compare: { on: boolean; toggle: () => void } | null
  changed: () => void
}) {
  const { busy, failure, run } = useAction()
  const [restored, setRestored] = useState(false)
  const act = (task: () => Promise<unknown>): void => void run(task).then((worked) => (worked ? changed() : undefined))
  const current = versions.filter((each) => each.current)
  // Of several in conflict each is current, and restoring one ends that.
  const isAlone = version.current && current.length === 1
  const isFile = version.kind === 'file'
  // Of a deletion what was there before can be had back.
  const earlier = version.kind === 'tombstone' ? versions[versions.indexOf(version) + 1] : undefined
  const target = version.kind === 'tombstone' ? earlier : isAlone ? undefined : version
  const restore = async (): Promise<void> => {
    if (target === undefined) return
    await restoreHere(of, target, current)
    setRestored(true)
  }
  return (
    <>
      <div className="actions history-actions" role="group" aria-label={t('history.actions')}>
        {target === undefined ? null : (
          <button type="button" className="primary" disabled={busy} onClick={() => act(restore)}>
            <Icon name="restore" /> {t(version.kind === 'tombstone' ? 'history.bring-back' : 'history.restore')}
          </button>
        )}
        {isFile ? (
          <>
            <Act icon="copy" busy={busy} text={t('history.copy')} act={() => act(() => tellCopy({ ...of, root }, version))} />
            <Act icon="download" busy={busy} text={t('history.save')} act={() => act(() => save(of, version))} />
          </>
        ) : null}
        {compare === null ? null : (
          <button type="button" aria-pressed={compare.on} onClick={compare.toggle}>
            <Icon name="diff" /> {t('history.compare')}
          </button>
        )}
        {version.kind === 'tombstone' ? null : (
          <Act
            icon={version.pinned ? 'unpin' : 'pin'}
            busy={busy}
            text={t(version.pinned ? 'history.unpin' : 'history.pin')}
            act={() => act(() => pin(of, version))}
          />
        )}
      </div>
      <FailureNote failure={failure} />
      {target === undefined || restored ? null : <p className="muted history-promise">{t('history.promise')}</p>}
    </>
  )
}

function Act({ icon, text, busy, act }: { icon: IconName; text: string; busy: boolean; act: () => void }) {
  return (
    <button type="button" disabled={busy} onClick={act}>
      <Icon name={icon} /> {text}
    </button>
  )
}

async function pin({ folder, path }: OfPath, { version, pinned, time }: PastVersion): Promise<void> {
  const change = pinned ? api.unpin : api.pin
  await change({ folder, path, version })
  tell(t(pinned ? 'history.unpinned' : 'history.pinned', { path: quoted(path), time: when(time) }))
}

/** In a browser as a download; in the shell into a directory that is chosen. */
async function save({ folder, path }: OfPath, { version, size, kind }: PastVersion): Promise<void> {
  const name = path.slice(path.lastIndexOf('/') + 1)
  const shell = theShell()
  if (shell !== undefined) {
    const directory = await shell.pickFolder()
    if (directory === null) return
    const { path: to } = await api.restore({ folder, path, version, to: onDisk(directory, name) })
    return tell(t('history.saved', { path: quoted(to) }))
  }
  // A download that fails does not say why.
  await needContent({ folder, path, version, size, kind })
  const link = document.createElement('a')
  link.href = contentAddress({ folder, path, version })
  link.download = name
  link.click()
}
