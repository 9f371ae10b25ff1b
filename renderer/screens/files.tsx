import { useEffect } from 'react'
import { Redirect, useSearchParams } from 'wouter'
import { Browser } from '../files/browser.tsx'
import { Chooser } from '../files/chooser.tsx'
import { lastFolder, rememberFolder } from '../files/last-folder.ts'
import type { Snapshot } from '../live/state.ts'
import { filesAt } from '../places.ts'

export default function FilesScreen({ snapshot }: { snapshot: Snapshot }) {
  const [params] = useSearchParams()
  const wanted = params.get('folder')
  const named = snapshot.folders.find(({ id, name }) => wanted === id || wanted === name)
  const shown = named !== undefined && named.state !== 'offered' ? named : null
  useEffect(() => {
    if (shown !== null) rememberFolder(shown.id)
  }, [shown?.id])
  if (shown !== null) return <Browser key={shown.id} folder={shown} snapshot={snapshot} />
  if (wanted === null && params.get('choose') === null) {
    const open = snapshot.folders.filter(({ state }) => state !== 'offered')
    const last = open.find(({ id }) => id === lastFolder()) ?? (open.length === 1 ? open[0] : undefined)
    if (last !== undefined) return <Redirect to={filesAt(last.id)} replace />
  }
  return <Chooser snapshot={snapshot} missing={wanted} />
}
