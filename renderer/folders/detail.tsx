import { useEffect, useRef } from 'react'
import { Link, useLocation } from 'wouter'
import type { Snapshot } from '../live/state.ts'
import { Icon } from '../parts/icon.tsx'
import { Tabs, type Tab } from '../parts/tabs.tsx'
import { folderAt } from '../places.ts'
import { t } from '../text/text.ts'
import { Decisions, needsDecision } from './decisions.tsx'
import { FolderProgress } from './folder-progress.tsx'
import { FOLDER_STATES, stateWords } from './folder-words.ts'
import { Ignore } from './ignore.tsx'
import { Overview } from './overview.tsx'
import { Problems } from './problems.tsx'
import { Sharing } from './sharing.tsx'
import { Versions } from './versions.tsx'

type TabName = 'overview' | 'sharing' | 'ignore' | 'versions' | 'problems'

/** The drawer of a folder: all that there is to know and to set of it. `tab` is as the address has it. */
export default function FolderDetail({ snapshot, folder: id, tab }: { snapshot: Snapshot; folder: string; tab: string | null }) {
  const [, navigate] = useLocation()
  const element = useRef<HTMLElement>(null)
  useEffect(() => element.current?.focus(), [])
  const folder = snapshot.folders.find((one) => one.id === id)
  if (folder === undefined) return null
  const parts = { folder, snapshot }
  const isOffered = folder.state === 'offered'
  const tabs: Tab<TabName>[] = [
    { name: 'overview', title: t('folders.overview'), show: () => <Overview {...parts} /> },
    { name: 'problems', title: t('folders.why'), show: () => <Problems {...parts} /> },
    { name: 'sharing', title: t('folders.sharing'), show: () => <Sharing {...parts} /> },
    { name: 'versions', title: t('folders.versions'), show: () => <Versions {...parts} /> },
    { name: 'ignore', title: t('folders.ignore'), show: () => <Ignore {...parts} /> },
  ]
  const shown = tabs.find(({ name }) => name === tab)?.name ?? 'overview'
  const { icon, tone } = FOLDER_STATES[folder.state]
  const { state, reason } = stateWords(folder)
  return (
    <section ref={element} className="folders-detail" aria-labelledby="folders-detail-name" tabIndex={-1}>
      <header className="folders-detail-head">
        <h2 id="folders-detail-name">
          <Icon name="folder" /> {folder.name}
        </h2>
        <Link href="/" className="folders-close" aria-label={t('folders.close')}>
          <Icon name="close" />
        </Link>
      </header>
      <div className="folders-detail-state">
        <p className={`state ${tone}`}>
          <Icon name={icon} /> {state}
        </p>
        {reason === null ? null : <p>{reason}</p>}
        <FolderProgress {...parts} />
        {needsDecision(folder) ? (
          <div className="actions">
            <Decisions folder={folder} />
          </div>
        ) : null}
      </div>
      {isOffered ? null : (
        <Tabs
          label={folder.name}
          tabs={tabs}
          shown={shown}
          choose={(name) => navigate(folderAt(folder.id, name), { replace: true })}
        />
      )}
    </section>
  )
}
