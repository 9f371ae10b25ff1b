import { Fragment, useState } from 'react'
import { t } from '../text/text.ts'
import type { Line, Row } from './diff-rows.ts'
import { passagesOf } from './passages.ts'
import { useIsWide } from './wide.ts'

/** Gaps are opened by hand, so this bounds what is drawn at once. */
const MOST_ROWS = 5_000

/** Two texts, compared: one below the other, from 900 px on beside each other, with their line numbers; what changed within a line is marked. */
export function DiffView({ rows, added, removed }: { rows: readonly Row[]; added: number; removed: number }) {
  const [open, setOpen] = useState<ReadonlySet<number>>(new Set())
  const isWide = useIsWide()
  if (added + removed === 0) return <p className="muted">{t('diff.same')}</p>
  let left = MOST_ROWS
  return (
    <>
      <p className="diff-counts">
        <span className="diff-plus">{t('diff.added', { count: added })}</span>{' '}
        <span className="diff-minus">{t('diff.removed', { count: removed })}</span>
      </p>
      <div className="diff-scroll" tabIndex={0} role="group" aria-label={t('diff.title')}>
        <table className={isWide ? 'diff beside' : 'diff'}>
          {isWide ? (
            <colgroup>
              <col className="numbers" />
              <col />
              <col className="numbers" />
              <col />
            </colgroup>
          ) : null}
          <thead className="visually-hidden">
            <tr>
              <th scope="col">{t('diff.line-before')}</th>
              {isWide ? <th scope="col">{t('diff.before')}</th> : null}
              <th scope="col">{t('diff.line-after')}</th>
              <th scope="col">{isWide ? t('diff.after') : t('diff.text')}</th>
            </tr>
          </thead>
          <tbody>
            {passagesOf(rows, open).map((passage, n) => {
              if (passage.kind === 'gap')
                return (
                  <tr key={`gap ${passage.first}`} className="diff-gap">
                    <td colSpan={isWide ? 4 : 3}>
                      <button type="button" className="quiet" onClick={() => setOpen(new Set([...open, passage.first]))}>
                        {t('diff.gap', { count: passage.lines })}
                      </button>
                    </td>
                  </tr>
                )
              const shown = passage.rows.slice(0, left)
              left -= shown.length
              return (
                <Fragment key={n}>
                  {shown.map((row) => (isWide ? <Beside key={keyOf(row)} row={row} /> : null))}
                  {isWide ? null : <Below rows={shown} />}
                </Fragment>
              )
            })}
          </tbody>
        </table>
      </div>
      {left === 0 ? <p className="muted">{t('diff.more', { count: MOST_ROWS })}</p> : null}
    </>
  )
}

function keyOf({ before, after }: Row): string {
  return `${before?.number} ${after?.number}`
}

function Beside({ row: { before, after, same } }: { row: Row }) {
  return (
    <tr>
      <NumberCell line={before} />
      <TextCell line={before} tone={same ? '' : 'minus'} />
      <NumberCell line={after} />
      <TextCell line={after} tone={same ? '' : 'plus'} />
    </tr>
  )
}

/** Of lines that changed first all as they were, then all as they are. */
function Below({ rows }: { rows: readonly Row[] }) {
  const drawn: { row: Row; side: 'same' | 'before' | 'after' }[] = []
  let later: typeof drawn = []
  for (const row of rows) {
    if (row.same) {
      drawn.push(...later, { row, side: 'same' })
      later = []
    } else {
      if (row.before !== null) drawn.push({ row, side: 'before' })
      if (row.after !== null) later.push({ row, side: 'after' })
    }
  }
  return [...drawn, ...later].map(({ row, side }) => (
    <tr key={`${side} ${keyOf(row)}`}>
      <NumberCell line={side === 'after' ? null : row.before} />
      <NumberCell line={side === 'before' ? null : row.after} />
      <TextCell
        line={side === 'before' ? row.before : row.after}
        tone={side === 'same' ? '' : side === 'before' ? 'minus' : 'plus'}
      />
    </tr>
  ))
}

function NumberCell({ line }: { line: Line | null }) {
  return <td className="diff-number">{line?.number}</td>
}

function TextCell({ line, tone }: { line: Line | null; tone: '' | 'minus' | 'plus' }) {
  if (line === null) return <td className="diff-none" />
  const Marked = tone === 'minus' ? 'del' : 'ins'
  return (
    <td className={tone === '' ? 'diff-line' : `diff-line diff-${tone}`} dir="auto">
      {line.parts.map(({ text, changed }, n) => (changed ? <Marked key={n}>{text}</Marked> : <span key={n}>{text}</span>))}
    </td>
  )
}
