import { tryNow, useLive } from '../live/live.ts'
import { useNow } from '../live/use-now.ts'
import { when } from '../format.ts'
import { Icon } from '../parts/icon.tsx'
import { t } from '../text/text.ts'

/** That what is shown is not what is now, until the daemon answers again, and when it is asked next. */
export function LostBanner() {
  const { connection, lost } = useLive()
  if (connection !== 'lost' || lost === null) return null
  return (
    <section className="lost-banner">
      <p role="alert">
        <Icon name="stop" /> {t('lost.since', { time: when(new Date(lost.since).toISOString()) })}
      </p>
      <p className="lost-next">
        <Countdown to={lost.next} />
        <button type="button" onClick={tryNow}>
          {t('lost.try')}
        </button>
      </p>
    </section>
  )
}

/** Not read out: each second would be. */
function Countdown({ to }: { to: number }) {
  const left = Math.max(0, Math.ceil((to - useNow(1_000)) / 1_000))
  return <span>{t('lost.next', { seconds: left })}</span>
}
