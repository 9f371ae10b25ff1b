import { Suspense, useEffect } from 'react'
import { useLocation } from 'wouter'
import { Frame } from './frame/frame.tsx'
import { startLive, useLive } from './live/live.ts'
import { useStrayDrops } from './frame/stray-drops.ts'
import { Boundary } from './parts/boundary.tsx'
import { Loading } from './parts/loading.tsx'
import { BARE_SCREENS } from './screens.ts'
import { t } from './text/text.ts'

let started = false

export function App() {
  const { connection, snapshot } = useLive()
  const [path] = useLocation()
  useStrayDrops()
  useEffect(() => {
    if (started) return
    started = true
    startLive()
  }, [])
  useEffect(() => {
    if (snapshot !== null) document.title = `${snapshot.device.name} – Holdfast`
  }, [snapshot?.device.name])

  if (connection === 'denied') return <Whole title={t('app.denied')} text={t('app.denied.how')} />
  if (snapshot === null) return connection === 'lost' ? <Whole title={t('app.lost')} text={t('app.lost.how')} /> : null
  const bare = BARE_SCREENS.find((screen) => screen.path === path)
  if (bare !== undefined)
    return (
      <Boundary reloads>
        <Suspense fallback={<Loading />}>
          <bare.Show snapshot={snapshot} />
        </Suspense>
      </Boundary>
    )
  return <Frame connection={connection} snapshot={snapshot} />
}

function Whole({ title, text }: { title: string; text: string }) {
  return (
    <main className="whole">
      <h1>{title}</h1>
      <p className="muted">{text}</p>
    </main>
  )
}
