import type { Change, PastVersion } from '#api/contract'
import { Icon, type IconName } from '../parts/icon.tsx'
import { t } from '../text/text.ts'

const CAUSES: Record<Change['cause'], IconName> = { added: 'plus', edited: 'edit', deleted: 'trash', restored: 'history' }

/** Why there is a version, as a picture and in a word. */
export function Cause({ cause }: { cause: Change['cause'] }) {
  return (
    <span className={`history-cause ${cause}`}>
      <Icon name={CAUSES[cause]} /> {t(cause === 'restored' ? 'history.restored.cause' : `history.${cause}`)}
    </span>
  )
}

type Tone = 'good' | 'quiet' | 'bad'

/** How safe a version is, and why; the worst first. */
export function standing(version: PastVersion): { tone: Tone; text: string }[] {
  const { state, stored, forgotten, lost, givenUp, pinned, snapshots, kind, current } = version
  const said: { tone: Tone; text: string }[] = []
  if (lost) said.push({ tone: 'bad', text: t('history.state.lost') })
  if (givenUp !== null)
    said.push({ tone: 'bad', text: t(givenUp === 'lost' ? 'history.state.given-up' : 'history.state.never-kept') })
  else if (forgotten && !lost) said.push({ tone: 'bad', text: t('history.state.forgotten') })
  if (kind === 'file' && !lost && givenUp === null) said.push({ tone: TONES[state], text: t(`history.state.${state}`) })
  if (!stored && !current) said.push({ tone: 'bad', text: t('history.state.not-stored') })
  if (pinned) said.push({ tone: 'good', text: t('history.state.pinned') })
  if (snapshots.length > 0) said.push({ tone: 'good', text: t('history.state.snapshots', { names: snapshots.join(', ') }) })
  return said
}

const TONES: Record<PastVersion['state'], Tone> = { kept: 'quiet', protected: 'good', 'at-risk': 'bad', incomplete: 'bad' }
