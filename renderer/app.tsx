import { useEffect } from 'react'
import { startLive, useLive } from './live/live.ts'
import { ActivityList } from './sections/activity.tsx'
import { AddDevice } from './sections/add-device.tsx'
import { Conflicts } from './sections/conflicts.tsx'
import { Devices } from './sections/devices.tsx'
import { Folders } from './sections/folders.tsx'
import { Headline } from './sections/headline.tsx'
import { PairingEndNotice } from './sections/pairing-end.tsx'
import { Pairings } from './sections/pairings.tsx'
import { Removal } from './sections/removal.tsx'
import { TransferList } from './sections/transfers.tsx'

let started = false

export function App() {
  const { connection, snapshot } = useLive()
  useEffect(() => {
    if (started) return
    started = true
    startLive()
  }, [])
  useEffect(() => {
    if (snapshot !== null) document.title = `${snapshot.device.name} – Holdfast`
  }, [snapshot?.device.name])

  if (connection === 'denied') {
    return (
      <Whole
        title="This browser is no longer let in"
        text="Open the link that the command holdfast status prints on this computer."
      />
    )
  }
  if (snapshot === null) {
    return connection === 'lost' ? (
      <Whole title="Holdfast does not answer" text="Is it still running? This page goes on by itself." />
    ) : null
  }
  return (
    <div className="page">
      <Headline connection={connection} snapshot={snapshot} />
      <Removal removed={snapshot.removed} />
      <Pairings snapshot={snapshot} />
      <PairingEndNotice end={snapshot.pairingEnd} />
      <div className="columns">
        <main>
          <Conflicts snapshot={snapshot} />
          <Folders snapshot={snapshot} />
          <TransferList snapshot={snapshot} />
        </main>
        <aside aria-label="Devices">
          <Devices snapshot={snapshot} />
          <AddDevice snapshot={snapshot} />
        </aside>
        <div className="past">
          <ActivityList snapshot={snapshot} />
        </div>
      </div>
    </div>
  )
}

function Whole({ title, text }: { title: string; text: string }) {
  return (
    <main className="whole">
      <h1>{title}</h1>
      <p className="muted">{text}</p>
    </main>
  )
}
