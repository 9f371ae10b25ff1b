import { Link } from 'wouter'
import type { FolderStatus, Peer } from '#api/contract'
import { FolderProgress } from '../folders/folder-progress.tsx'
import { JoinForm } from '../folders/join-form.tsx'
import { Needs } from '../folders/needs.tsx'
import { isNotSynced } from '../folders/problem-kinds.ts'
import { ShareForm } from '../folders/share-form.tsx'
import { percent } from '../format.ts'
import { hindering } from '../live/on-the-way.ts'
import type { Snapshot } from '../live/state.ts'
import { Icon } from '../parts/icon.tsx'
import { namesIn } from '../parts/names.ts'
import { reasonWords } from '../parts/words.ts'
import { filesAt } from '../places.ts'
import { t } from '../text/text.ts'

/** The last step, live: folders that others offer come here, and this device's go to the others. */
export function Arrival({ snapshot, end }: { snapshot: Snapshot; end: () => void }) {
  const offered = snapshot.folders.filter(({ state }) => state === 'offered')
  const mine = snapshot.folders.filter(({ state }) => state !== 'offered')
  const called = namesIn(snapshot)
  const others = snapshot.peers.map((peer) => ({ peer, name: called(peer.device) }))
  const isHindered = mine.some((folder) => folder.needEntries > 0 && hindering(snapshot, folder.name).some(isNotSynced))
  const isThere = mine.length > 0 && mine.every(isHere) && others.some(({ peer }) => peer.syncedPercent === 100)
  const stage = isThere ? 'arrived' : offered.length > 0 ? 'choose' : isHindered ? 'hindered' : 'arriving'
  return (
    <div data-step="3" data-arrived={isThere}>
      <h2 id="welcome-title">{t(`welcome.${stage}`)}</h2>
      <p className="welcome-lead" role="status">
        {t(`welcome.${stage}.how`)}
      </p>
      <ul className="rows welcome-rows">
        {offered.map((folder) => (
          <li key={folder.id} data-offered={folder.name}>
            <h3>
              <Icon name="folder" /> {folder.name}
            </h3>
            <JoinForm folder={folder} />
          </li>
        ))}
        {mine.map((folder) => (
          <Mine key={folder.id} folder={folder} snapshot={snapshot} />
        ))}
        {mine.length === 0 ? null : others.map(({ peer, name }) => <There key={peer.device} peer={peer} name={name} />)}
      </ul>
      {offered.length + mine.length > 0 ? null : (
        <>
          <p>{t('welcome.nothing')}</p>
          <ShareForm done={() => undefined} />
        </>
      )}
      <p className="actions">
        <button type="button" className={isThere ? 'primary' : 'quiet'} onClick={end}>
          {t(isThere ? 'welcome.finish' : 'welcome.enough')}
        </button>
      </p>
    </div>
  )
}

function isHere({ state, needEntries }: FolderStatus): boolean {
  return state === 'idle' && needEntries === 0
}

function Mine({ folder, snapshot }: { folder: FolderStatus; snapshot: Snapshot }) {
  return (
    <li data-arriving={folder.name}>
      <h3>
        <Icon name={isHere(folder) ? 'check' : 'folder'} /> {folder.name}
      </h3>
      <p className="muted">{reasonWords(folder)}</p>
      <FolderProgress folder={folder} snapshot={snapshot} />
      <Needs folder={folder} snapshot={snapshot} />
      <p className="facts">
        <span className="path">{folder.path}</span> <Link href={filesAt(folder.id)}>{t('welcome.look')}</Link>
      </p>
    </li>
  )
}

/** How much of what is here has come to another device. */
function There({ peer: { connected, syncedPercent }, name }: { peer: Peer; name: string }) {
  return (
    <li>
      <h3>
        <Icon name="device" /> {name}
      </h3>
      <p className="muted">
        {!connected
          ? t('welcome.away')
          : syncedPercent === null
            ? t('welcome.there', { device: name })
            : t('welcome.synced', { percent: percent(syncedPercent, 100) })}
      </p>
      {connected && syncedPercent !== null && syncedPercent < 100 ? (
        <progress max={100} value={syncedPercent} aria-label={t('welcome.progress', { device: name })} />
      ) : null}
    </li>
  )
}
