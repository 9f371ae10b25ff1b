import { Suspense, useRef, useState } from 'react'
import { useLocation, useSearchParams } from 'wouter'
import { DropFolder } from '../folders/drop-folder.tsx'
import type { Snapshot } from '../live/state.ts'
import { lazily } from '../parts/lazily.ts'
import { Loading } from '../parts/loading.tsx'
import { shareAt } from '../places.ts'
import { Conflicts } from '../sections/conflicts.tsx'
import { Folders, isStorageDevice } from '../sections/folders.tsx'
import { TransferList } from '../sections/transfers.tsx'
import { welcomeStep } from '../welcome/step.ts'
import { isPutOff, putOff } from '../welcome/put-off.ts'

const FolderDetail = lazily<{ snapshot: Snapshot; folder: string; tab: string | null }>(() => import('../folders/detail.tsx'))
const ShareDialog = lazily<{ path: string; dropped: string | null; close: () => void }>(
  () => import('../folders/share-dialog.tsx'),
)
const Welcome = lazily<{ snapshot: Snapshot; end: () => void }>(() => import('../welcome/welcome.tsx'))

export default function FoldersScreen({ snapshot }: { snapshot: Snapshot }) {
  const [search, setSearch] = useSearchParams()
  const [, navigate] = useLocation()
  const [ended, setEnded] = useState(isPutOff)
  const open = search.get('folder')
  const shown = snapshot.folders.find(({ id, name }) => id === open || name === open)

  // Whoever was led to a second device is led on until a folder has arrived there.
  const begun = useRef(false)
  const step = welcomeStep(snapshot)
  if (step < 3) begun.current = true
  const isGuided = begun.current && !(ended && step > 1) && snapshot.removed === null && !isStorageDevice(snapshot)
  const end = (): void => {
    putOff()
    setEnded(true)
  }

  return (
    <>
      {shown === undefined ? <Conflicts snapshot={snapshot} /> : null}
      <Suspense fallback={<Loading />}>
        {isGuided && shown === undefined ? <Welcome snapshot={snapshot} end={end} /> : null}
        {search.get('share') === null ? null : (
          <ShareDialog
            path={search.get('path') ?? ''}
            dropped={search.get('dropped')}
            close={() => setSearch({}, { replace: true })}
          />
        )}
      </Suspense>
      {isGuided && step !== 2 && shown === undefined ? null : (
        <DropFolder drop={(path, name) => navigate(shareAt(path, name))}>
          <div className="folders-split" data-open={shown !== undefined}>
            <div className="folders-list">
              <Folders snapshot={snapshot} open={shown?.id ?? null} />
              <TransferList snapshot={snapshot} />
            </div>
            {shown === undefined ? null : (
              <Suspense fallback={<Loading />}>
                <FolderDetail key={shown.id} snapshot={snapshot} folder={shown.id} tab={search.get('tab')} />
              </Suspense>
            )}
          </div>
        </DropFolder>
      )}
    </>
  )
}
