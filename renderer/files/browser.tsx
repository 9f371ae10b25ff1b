import { useEffect, useMemo, useRef, useState, type KeyboardEvent } from 'react'
import type { FolderStatus } from '#api/contract'
import type { Snapshot } from '../live/state.ts'
import { FailureNote } from '../parts/action.tsx'
import { NOTHING, type Choice, type Sort } from '../parts/choice.ts'
import { Grid } from '../parts/grid.tsx'
import { Empty } from '../parts/section.tsx'
import { t } from '../text/text.ts'
import { Breadcrumb } from './breadcrumb.tsx'
import { columnsOf } from './columns.tsx'
import { DeleteDialog } from './delete-dialog.tsx'
import { Details } from './details.tsx'
import { dragOut } from './drag-out.ts'
import { DropZone } from './drop-zone.tsx'
import { refusalOf } from './permission.ts'
import { useFilesPlace } from './place.ts'
import { BY_NAME, joined, nameOf, parentOf, type FileRow } from './rows.ts'
import { Search, SearchResults } from './search.tsx'
import { MomentBanner } from './moment-banner.tsx'
import { Toolbar } from './toolbar.tsx'
import { UploadPanel } from './upload-panel.tsx'
import { useListing } from './use-listing.ts'

const keyOf = ({ item }: FileRow): string => item.path
const textOf = ({ name }: FileRow): string => name

/** A folder's files: where one is, what is there, and what is chosen of it. */
export function Browser({ folder, snapshot }: { folder: FolderStatus; snapshot: Snapshot }) {
  const { place, go, hrefOf } = useFilesPlace(folder.id)
  const { path, at, deleted, find } = place
  const [sort, setSort] = useState<Sort>(BY_NAME)
  const [isAsked, setAsked] = useState(false)
  const grid = useRef<HTMLDivElement>(null)
  const { rows, isWhole, failure } = useListing({ folder: folder.id, path, at, deleted }, folder.name, sort)
  const [choice, choose] = useChoice(
    JSON.stringify([path, at, deleted]),
    place.entry === undefined ? null : joined(path, place.entry),
  )
  const chosen = useMemo(
    () => (choice.selected.size === 0 ? [] : rows.filter(({ item }) => choice.selected.has(item.path)).map(({ item }) => item)),
    [rows, choice.selected],
  )
  const goal = { folder: folder.id, folderName: folder.name, foldsCase: folder.foldsCase, into: path }
  const refusal = refusalOf(folder, at)
  const problems = snapshot.problems[folder.name]
  const columns = useMemo(() => {
    const troubled = new Set((problems ?? []).map((problem) => problem.path))
    const disputed = new Set(snapshot.conflicts.filter((each) => each.folder === folder.name).map((each) => each.path))
    return columnsOf((to) => hrefOf({ path: to }), troubled, disputed)
  }, [problems, snapshot.conflicts, folder.name, at, deleted])

  const focusGrid = (): void => grid.current?.querySelector<HTMLElement>('[role="grid"]')?.focus()
  const open = ({ item }: FileRow): void => {
    if (item.kind === 'directory') return go({ path: item.path })
    choose({ active: item.path, anchor: item.path, selected: new Set([item.path]) })
    grid.current?.querySelector<HTMLElement>('.files-details')?.focus()
  }
  const press = (event: KeyboardEvent): void => {
    if (event.key === 'Backspace' && path !== '') {
      event.preventDefault()
      go({ path: parentOf(path), entry: nameOf(path) })
    } else if (event.key === 'Delete' && chosen.length > 0 && refusal === null) {
      event.preventDefault()
      setAsked(true)
    }
  }
  return (
    <section className="files" aria-label={t('files.title')} ref={grid}>
      <header className="files-head">
        <Breadcrumb name={folder.name} path={path} hrefOf={(to) => hrefOf({ path: to })} />
        <Search key={folder.id} find={find} setFind={(text) => go({ find: text }, { replace: true })} leave={focusGrid} />
      </header>
      <Toolbar goal={goal} refusal={refusal} place={place} go={go} />
      <MomentBanner at={at} chosen={chosen} folder={folder.id} back={() => go({ at: undefined })} />
      <UploadPanel />
      {find !== '' ? (
        <SearchResults find={find} folder={folder} snapshot={snapshot} deleted={deleted} />
      ) : (
        <DropZone goal={goal} refusal={refusal}>
          <FailureNote failure={failure} />
          <div className="files-main">
            <Grid
              label={t('files.list', { count: rows.length })}
              className="files-grid"
              rows={rows}
              keyOf={keyOf}
              textOf={textOf}
              columns={columns}
              choice={choice}
              choose={choose}
              sort={sort}
              setSort={setSort}
              open={open}
              onKey={press}
              onRowDrag={(event, row) => dragOut(event.nativeEvent, row.item, folder, at)}
            />
            {isWhole && rows.length === 0 && failure === null ? (
              <div className="files-empty">
                <Empty>{t(at === undefined ? (refusal === null ? 'files.empty' : 'files.empty.no') : 'files.empty.then')}</Empty>
              </div>
            ) : null}
            <Details
              folder={folder}
              chosen={chosen}
              at={at}
              refusal={refusal}
              openAt={(to) => go({ path: to })}
              askDelete={() => setAsked(true)}
            />
          </div>
        </DropZone>
      )}
      {isAsked ? (
        <DeleteDialog
          folder={folder.id}
          items={chosen}
          close={() => {
            setAsked(false)
            focusGrid()
          }}
        />
      ) : null}
    </section>
  )
}

/** What is chosen; nothing, or the one `entry`, where another place is shown. */
function useChoice(place: string, entry: string | null): [Choice, (choice: Choice) => void] {
  const initial = (): Choice => (entry === null ? NOTHING : { active: entry, anchor: entry, selected: new Set([entry]) })
  const [state, setState] = useState(() => ({ place, entry, choice: initial() }))
  const isSame = state.place === place && state.entry === entry
  const choice = isSame ? state.choice : initial()
  useEffect(() => {
    if (!isSame) setState({ place, entry, choice })
  }, [place, entry])
  return [choice, (next) => setState({ place, entry, choice: next })]
}
