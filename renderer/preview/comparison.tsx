import { useState, type CSSProperties } from 'react'
import { compareApart } from '../diff/compare.ts'
import { DiffView } from '../diff/diff-view.tsx'
import type { Compared } from '../diff/diff-rows.ts'
import { size } from '../format.ts'
import { FailureNote } from '../parts/action.tsx'
import { Empty } from '../parts/section.tsx'
import { t } from '../text/text.ts'
import { see, WHOLE_TEXT, type Seen, type Shown } from './content.ts'
import { Picture, useAddress } from './preview.tsx'
import { useContent } from './use-content.ts'

/** One of two that are compared, and what it is called there. */
export interface Side {
  shown: Shown
  label: string
}

type Difference =
  | { kind: 'texts'; compared: Compared }
  | { kind: 'pictures'; before: Blob; after: Blob }
  | { kind: 'too-large' }
  | { kind: 'unlike' }

/** What differs between two versions: of texts the lines, pictures beside each other or one over the other. */
export function Comparison({ before, after }: { before: Side; after: Side }) {
  const key = [before, after].map(({ shown: { folder, path, version } }) => `${folder}/${path}@${version}`).join(' ')
  const { value, failure } = useContent(key, async (signal): Promise<Difference> => {
    const [first, second] = await Promise.all([see(before.shown, signal), see(after.shown, signal)])
    return await difference(first, second, signal)
  })
  if (value === null) return failure === null ? <Empty>{t('diff.loading')}</Empty> : <FailureNote failure={failure} />
  switch (value.kind) {
    case 'texts':
      if (value.compared.kind === 'too-different') return <Empty>{t('diff.too-different')}</Empty>
      return <DiffView {...value.compared} />
    case 'pictures':
      return <Pictures before={{ blob: value.before, label: before.label }} after={{ blob: value.after, label: after.label }} />
    case 'too-large':
      return <Empty>{t('diff.too-large', { most: size(WHOLE_TEXT) })}</Empty>
    case 'unlike':
      return <Empty>{t('diff.unlike', { before: size(before.shown.size), after: size(after.shown.size) })}</Empty>
  }
}

async function difference(before: Seen, after: Seen, signal: AbortSignal): Promise<Difference> {
  if (before.kind === 'image' && after.kind === 'image') return { kind: 'pictures', before: before.blob, after: after.blob }
  const [old, now] = [textIn(before), textIn(after)]
  if (old === null || now === null) return { kind: 'unlike' }
  if ([before, after].some((seen) => seen.kind === 'text' && seen.cut)) return { kind: 'too-large' }
  return { kind: 'texts', compared: await compareApart(old, now, signal) }
}

/** An empty file is a text without lines. */
function textIn(seen: Seen): string | null {
  if (seen.kind === 'text') return seen.text
  return seen.kind === 'nothing' && seen.why === 'empty' ? '' : null
}

interface Labelled {
  blob: Blob
  label: string
}

type Way = 'beside' | 'swipe' | 'blend'

function Pictures({ before, after }: { before: Labelled; after: Labelled }) {
  const [way, setWay] = useState<Way>('beside')
  const [share, setShare] = useState(50)
  return (
    <>
      <p className="actions" role="group" aria-label={t('diff.pictures')}>
        {(['beside', 'swipe', 'blend'] as const).map((each) => (
          <button key={each} type="button" aria-pressed={way === each} onClick={() => setWay(each)}>
            {t(`diff.${each}`)}
          </button>
        ))}
      </p>
      {way === 'beside' ? (
        <div className="pictures">
          {[before, after].map(({ blob, label }) => (
            <div key={label}>
              <h4>{label}</h4>
              <Picture blob={blob} label={label} />
            </div>
          ))}
        </div>
      ) : (
        <>
          <Stacked before={before} after={after} way={way} share={share} />
          <label className="picture-share">
            <span>{before.label}</span>
            <input
              type="range"
              min={0}
              max={100}
              value={share}
              aria-label={t('diff.share', { label: after.label })}
              onChange={({ target }) => setShare(Number(target.value))}
            />
            <span>{after.label}</span>
          </label>
        </>
      )}
    </>
  )
}

function Stacked({ before, after, way, share }: { before: Labelled; after: Labelled; way: Way; share: number }) {
  const [below, above] = [useAddress(before.blob), useAddress(after.blob)]
  if (below === null || above === null) return null
  const part = { '--share': share / 100 } as CSSProperties
  return (
    <div className={`stacked ${way}`} style={part}>
      <img src={below} alt={before.label} />
      <img src={above} alt={after.label} />
    </div>
  )
}
