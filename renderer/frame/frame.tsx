import { Suspense, useEffect, useRef } from 'react'
import { Route, Switch, useLocation } from 'wouter'
import type { Connection } from '../live/live.ts'
import { useNotifications } from '../live/notify.ts'
import type { Snapshot } from '../live/state.ts'
import { Shortcuts } from '../palette/shortcuts.tsx'
import { Boundary } from '../parts/boundary.tsx'
import { Loading } from '../parts/loading.tsx'
import { FURTHER_SCREENS, SCREENS } from '../screens.ts'
import { PairingEndNotice } from '../sections/pairing-end.tsx'
import { Pairings } from '../sections/pairings.tsx'
import { Removal } from '../sections/removal.tsx'
import { t } from '../text/text.ts'
import { LostBanner } from './lost-banner.tsx'
import { Navigation } from './navigation.tsx'
import { StatusBar } from './status-bar.tsx'
import { Toasts } from './toasts.tsx'

/** What is around every screen: the places, what waits for somebody, and how all of it stands. */
export function Frame({ connection, snapshot }: { connection: Connection; snapshot: Snapshot }) {
  useNotifications()
  const main = useRef<HTMLElement>(null)
  const [path] = useLocation()
  const shown = useRef(path)
  useEffect(() => {
    // Whoever uses the keyboard, or hears the page, is at the new screen's beginning.
    if (shown.current !== path) main.current?.focus()
    shown.current = path
  }, [path])
  return (
    <div className="frame" data-connection={connection}>
      <a className="skip" href="#content">
        {t('nav.skip')}
      </a>
      <Navigation name={snapshot.device.name} />
      <main id="content" ref={main} tabIndex={-1}>
        <Removal removed={snapshot.removed} />
        <Pairings snapshot={snapshot} />
        <PairingEndNotice end={snapshot.pairingEnd} />
        <Boundary key={path} reloads>
          <Suspense fallback={<Loading />}>
            <Switch>
              {[...SCREENS, ...FURTHER_SCREENS].map(({ path: at, Show }) => (
                <Route key={at} path={at}>
                  <Show snapshot={snapshot} />
                </Route>
              ))}
              <Route>
                <h2>{t('app.no-screen')}</h2>
                <p className="muted">{t('app.no-screen.how')}</p>
              </Route>
            </Switch>
          </Suspense>
        </Boundary>
      </main>
      <LostBanner />
      <StatusBar connection={connection} snapshot={snapshot} />
      <Toasts />
      <Shortcuts snapshot={snapshot} />
    </div>
  )
}
