import { useId, useState } from 'react'
import { size, when } from '../format.ts'
import { Dialog } from '../parts/dialog.tsx'
import { FileName } from '../parts/file-name.tsx'
import { t, type MessageKey } from '../text/text.ts'
import { nameOf } from './rows.ts'
import type { Answer, Collision } from './upload-plan.ts'

const ANSWERS: readonly (readonly [Answer, MessageKey, MessageKey])[] = [
  ['replace', 'files.collision.replace', 'files.collision.replace.how'],
  ['both', 'files.collision.both', 'files.collision.both.how'],
  ['skip', 'files.collision.skip', 'files.collision.skip.how'],
]

/** Asks what to do with those that have the name of something that is there, one after the other or all at once; null: give all of it up. */
export function CollisionDialog({
  collisions,
  answer,
}: {
  collisions: readonly Collision[]
  answer: (answers: ReadonlyMap<string, Answer> | null) => void
}) {
  const id = useId()
  const [given, setGiven] = useState<ReadonlyMap<string, Answer>>(new Map())
  const [chosen, setChosen] = useState<Answer>('replace')
  const [isForAll, setForAll] = useState(true)
  const left = collisions.filter((each) => !given.has(each.item.path))
  const [collision] = left
  if (collision === undefined) return null
  const { item, there, canReplace } = collision
  const meant = chosen === 'replace' && !canReplace ? 'both' : chosen
  const goOn = (): void => {
    const all = new Map(given)
    // Those that nothing can replace are asked about in their turn.
    for (const each of isForAll ? left : [collision]) if (meant !== 'replace' || each.canReplace) all.set(each.item.path, meant)
    if (all.size === collisions.length) answer(all)
    else setGiven(all)
  }
  return (
    <Dialog
      title={t('files.collision.title', { count: left.length })}
      close={() => answer(null)}
      actions={
        <>
          <button type="button" onClick={() => answer(null)}>
            {t('action.cancel')}
          </button>
          <button type="button" className="primary" data-first onClick={goOn}>
            {t('files.collision.go-on')}
          </button>
        </>
      }
    >
      <p className="files-collision">
        <FileName name={nameOf(item.path)} />
      </p>
      <dl className="files-facts">
        <dt>{t('files.collision.there')}</dt>
        <dd>{there.kind === 'directory' ? t('files.collision.directory') : facts(there.size, there.modified)}</dd>
        <dt>{t('files.collision.new')}</dt>
        <dd>
          {item.file === null
            ? t('files.collision.directory')
            : facts(item.file.size, new Date(item.file.lastModified).toISOString())}
        </dd>
      </dl>
      <fieldset className="files-answers">
        <legend className="visually-hidden">{t('files.collision.what')}</legend>
        {ANSWERS.map(([name, title, how]) => (
          <label key={name}>
            <input
              type="radio"
              name={id}
              checked={meant === name}
              disabled={name === 'replace' && !canReplace}
              onChange={() => setChosen(name)}
            />
            <span>
              {t(title)}{' '}
              <span className="muted">{t(name === 'replace' && !canReplace ? 'files.collision.replace.not' : how)}</span>
            </span>
          </label>
        ))}
      </fieldset>
      {left.length > 1 ? (
        <label className="files-for-all">
          <input type="checkbox" checked={isForAll} onChange={({ target }) => setForAll(target.checked)} />{' '}
          {t('files.collision.all', { count: left.length - 1 })}
        </label>
      ) : null}
    </Dialog>
  )
}

function facts(bytes: number, modified: string | null): string {
  return modified === null ? size(bytes) : `${size(bytes)} · ${when(modified)}`
}
