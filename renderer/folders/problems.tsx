import { useState } from 'react'
import { Link } from 'wouter'
import { problemTrees, type FolderStatus, type Problem, type ProblemTree } from '#api/contract'
import { sentence, when } from '../format.ts'
import { api } from '../live/api.ts'
import type { Snapshot } from '../live/state.ts'
import { ActionButton } from '../parts/action.tsx'
import { Hint } from '../parts/hint.tsx'
import { problemDetail, problemDo } from '../parts/words.ts'
import { filesAt } from '../places.ts'
import { visible } from '../parts/shown-name.ts'
import { isMessageKey, t, Text } from '../text/text.ts'
import { AskWhy } from './ask-why.tsx'
import { Fix } from './fix.tsx'

/** Lines shown at first, and with each wish for more: lists can have hundreds of thousands. */
const SHOWN = 50

/** Why what does not sync: by the reason, each with what to do, and for any file that somebody asks for. */
export function Problems({ folder, snapshot }: { folder: FolderStatus; snapshot: Snapshot }) {
  const problems = snapshot.problems[folder.name] ?? []
  const groups = Map.groupBy(problems, ({ code }) => code)
  return (
    <div className="folders-tab">
      {problems.length === 0 ? (
        <p>{t('folders.why.none')}</p>
      ) : (
        <div className="actions">
          <p>{t('folders.why.some', { count: problems.length })}</p>
          <ActionButton run={() => api.scan({ folder: folder.id })}>{t('folders.why.again')}</ActionButton>
        </div>
      )}
      {[...groups].map(([code, list]) => (
        <Group key={code} code={code} problems={list} folder={folder} />
      ))}
      <AskWhy folder={folder} />
    </div>
  )
}

function Group({ code, problems, folder }: { code: string; problems: Problem[]; folder: FolderStatus }) {
  const [most, setMost] = useState(SHOWN)
  const [all, setAll] = useState(false)
  const trees: ProblemTree[] = all ? problems.map((problem) => ({ ...problem, below: 0 })) : problemTrees(problems)
  const shown = trees.slice(0, most)
  const key = `folders.problem.${code}`
  const id = `folders-problem-${code}`
  const general = problemDo(code, folder)
  return (
    <section className="folders-block folders-problems" aria-labelledby={id} data-code={code}>
      <h3 id={id}>
        {isMessageKey(key) ? t(key) : code} <span className="muted">{t('folders.count', { count: problems.length })}</span>
      </h3>
      {general === null ? null : (
        <p className="muted">
          <Text id={general} />
        </p>
      )}
      <div className="actions">
        <Fix code={code} folder={folder} />
      </div>
      <ul>
        {shown.map((problem) => (
          <li key={`${problem.path} ${problem.message}`}>
            <Link href={placeOf(folder.id, problem.path)} className="path">
              <bdi>{visible(problem.path)}</bdi>
            </Link>{' '}
            {problem.below === 0 ? null : <>{t('folder.below', { count: problem.below })} </>}
            {problemDetail(problem) ?? <span lang="en">{sentence(problem.message)}</span>}{' '}
            {general === null ? <Hint hint={problem.hint} /> : null}{' '}
            <span className="muted">{t('folders.since', { time: when(problem.since) })}</span>
          </li>
        ))}
      </ul>
      <p className="folders-links">
        {shown.length < trees.length ? (
          <button type="button" className="quiet" onClick={() => setMost(most + SHOWN)}>
            {t('count.more', { count: trees.length - shown.length })}
          </button>
        ) : null}
        {!all && trees.length < problems.length ? (
          <button type="button" className="quiet" onClick={() => setAll(true)}>
            {t('folder.all', { count: problems.length })}
          </button>
        ) : null}
      </p>
    </section>
  )
}

function placeOf(folder: string, path: string): string {
  const at = path.lastIndexOf('/')
  return filesAt(folder, path.slice(0, Math.max(0, at)), { entry: path.slice(at + 1) })
}
