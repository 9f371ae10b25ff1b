import { useEffect, useRef } from 'react'
import { Link, useLocation, useSearchParams } from 'wouter'
import { ShareForm } from '../folders/share-form.tsx'
import type { Snapshot } from '../live/state.ts'
import { tell } from '../live/toasts.ts'
import { Icon } from '../parts/icon.tsx'
import { Invite } from '../peers/invite.tsx'
import { JoinByCode } from '../peers/join-by-code.tsx'
import { Nearby } from '../peers/nearby.tsx'
import { ADD_DEVICE } from '../places.ts'
import { t, type MessageKey } from '../text/text.ts'
import { Arrival } from './arrival.tsx'
import { welcomeStep } from './step.ts'

const STEPS: readonly MessageKey[] = ['welcome.step.share', 'welcome.step.pair', 'welcome.step.arrive']
const STEPS_ELSEWHERE = STEPS.with(0, 'welcome.step.shared')

/** From a first start to a folder on a second device. It goes on by itself with what happens; `end`: it is wanted no more. */
export default function Welcome({ snapshot, end }: { snapshot: Snapshot; end: () => void }) {
  const [search] = useSearchParams()
  const step = welcomeStep(snapshot)
  // Whoever has Holdfast elsewhere has shared a folder there.
  const joins = step === 1 && search.get('welcome') === 'join'
  const at = joins ? 2 : step
  // A folder from here is step 2's; who comes to the third without it gets one from there.
  const isFromHere = useRef(false)
  if (step === 2) isFromHere.current = true
  const steps = at > 1 && !isFromHere.current ? STEPS_ELSEWHERE : STEPS
  const element = useRef<HTMLElement>(null)
  const before = useRef(at)
  useEffect(() => {
    if (before.current !== at) element.current?.focus()
    before.current = at
  }, [at])
  return (
    <section ref={element} className="welcome" aria-labelledby="welcome-title" tabIndex={-1}>
      <ol className="welcome-steps" aria-label={t('welcome.steps')}>
        {steps.map((name, index) => (
          <li key={name} aria-current={index + 1 === at ? 'step' : undefined} data-done={index + 1 < at}>
            <span className="welcome-number">{index + 1 < at ? <Icon name="check" /> : index + 1}</span> {t(name)}
            {index + 1 < at ? <span className="visually-hidden"> {t('welcome.done')}</span> : null}
          </li>
        ))}
      </ol>
      {at === 1 ? <Begin /> : at === 2 ? <Pair snapshot={snapshot} joins={joins} end={end} /> : null}
      {at === 3 ? <Arrival snapshot={snapshot} end={end} /> : null}
    </section>
  )
}

function Begin() {
  const [, navigate] = useLocation()
  return (
    <div data-step="1">
      <h2 id="welcome-title">{t('welcome.title')}</h2>
      <p className="welcome-lead">{t('welcome.lead')}</p>
      <div className="welcome-ways">
        <div className="welcome-way">
          <h3>
            <Icon name="folder" /> {t('welcome.share')}
          </h3>
          <p className="muted">{t('welcome.share.how')}</p>
          <ShareForm done={({ name }) => tell(t('folders.shared', { folder: name }))} />
        </div>
        <div className="welcome-way">
          <h3>
            <Icon name="device" /> {t('welcome.join')}
          </h3>
          <p className="muted">{t('welcome.join.how')}</p>
          <p>
            <button type="button" onClick={() => navigate('/?welcome=join')}>
              {t('welcome.join.begin')}
            </button>
          </p>
        </div>
      </div>
    </div>
  )
}

function Pair({ snapshot, joins, end }: { snapshot: Snapshot; joins: boolean; end: () => void }) {
  const [, navigate] = useLocation()
  return (
    <div data-step="2">
      <h2 id="welcome-title">{t('welcome.pair')}</h2>
      <p className="welcome-lead">{t(joins ? 'welcome.pair.there' : 'welcome.pair.here')}</p>
      <div className="ways">
        <Nearby snapshot={snapshot} />
        {joins ? <JoinByCode /> : <Invite />}
      </div>
      <p className="actions">
        {joins ? (
          <button type="button" className="quiet" onClick={() => navigate('/')}>
            {t('welcome.back')}
          </button>
        ) : (
          <button type="button" className="quiet" onClick={end}>
            {t('welcome.later')}
          </button>
        )}
        <Link href={ADD_DEVICE}>{t('welcome.other')}</Link>
      </p>
    </div>
  )
}
