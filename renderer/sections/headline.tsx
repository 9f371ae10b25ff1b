import type { Connection } from '../live/live.ts'
import type { Snapshot } from '../live/state.ts'
import { count, rate, size } from '../format.ts'
import { Icon, type IconName } from '../parts/icon.tsx'

interface State {
  icon: IconName
  tone: 'good' | 'busy' | 'bad' | 'quiet'
  text: string
}

/** All of it in one line: what needs somebody first. */
export function Headline({ connection, snapshot }: { connection: Connection; snapshot: Snapshot }) {
  const { icon, tone, text } = connection === 'live' ? summary(snapshot) : LOST
  const { receiveBytesPerSecond: down, sendBytesPerSecond: up } = snapshot.transfers.rates
  return (
    <header className="headline">
      <div className="brand">
        <Mark />
        <div>
          <h1>{snapshot.device.name}</h1>
          <p className={`state ${tone}`} role="status">
            <Icon name={icon} /> {text}
          </p>
        </div>
      </div>
      <p className="rates">
        <span title="Receiving">
          <Icon name="down" /> {rate(down)}
        </span>
        <span title="Sending">
          <Icon name="up" /> {rate(up)}
        </span>
      </p>
    </header>
  )
}

const LOST: State = { icon: 'stop', tone: 'bad', text: 'Holdfast does not answer. Trying again…' }

function summary({ folders, peers, conflicts, removed }: Snapshot): State {
  if (removed !== null) return { icon: 'stop', tone: 'bad', text: 'Removed from its group' }
  const stuck = folders.filter(({ state }) => state === 'blocked' || state === 'held' || state === 'error').length
  const problems = folders.reduce((sum, folder) => sum + folder.problems, 0)
  const need = folders.reduce((sum, folder) => sum + folder.needBytes, 0)
  const mine = folders.filter(({ state }) => state !== 'offered')
  if (stuck > 0) return { icon: 'stop', tone: 'bad', text: `${count(stuck, 'folder needs', 'folders need')} you` }
  if (folders.some(({ state }) => state === 'syncing'))
    return { icon: 'arrows', tone: 'busy', text: `Syncing, ${size(need)} to come` }
  if (problems > 0) return { icon: 'stop', tone: 'bad', text: `${count(problems, 'file does', 'files do')} not sync` }
  const disputed = new Set(conflicts.map(({ folder, path }) => `${folder}/${path}`)).size
  if (disputed > 0) return { icon: 'fork', tone: 'bad', text: `${count(disputed, 'file')} in conflict` }
  if (folders.some(({ state }) => state === 'scanning')) return { icon: 'search', tone: 'busy', text: 'Looking for changes' }
  if (mine.length === 0) return { icon: 'folder', tone: 'quiet', text: 'No folders yet' }
  const resting = mine.filter(({ state, reasonCode }) => state === 'paused' || reasonCode === 'no-role').length
  if (resting > 0) return { icon: 'pause', tone: 'quiet', text: `${count(resting, 'folder is', 'folders are')} not being synced` }
  const waiting = mine.filter(({ reasonCode }) => reasonCode === 'waits-elsewhere' || reasonCode === 'to-come-elsewhere').length
  if (waiting > 0)
    return { icon: 'hand', tone: 'quiet', text: `${count(waiting, 'folder waits', 'folders wait')} for another device` }
  if (!peers.some(({ connected }) => connected)) return { icon: 'device', tone: 'quiet', text: 'No other device is connected' }
  return { icon: 'check', tone: 'good', text: 'Everything is in sync' }
}

function Mark() {
  return (
    <svg className="mark" viewBox="0 0 32 32" aria-hidden="true">
      <rect width="32" height="32" rx="8" />
      <path d="M16 6v12m0 0c0 5-4 4-6 8m6-8c0 5 4 4 6 8m-6-8v8" />
    </svg>
  )
}
