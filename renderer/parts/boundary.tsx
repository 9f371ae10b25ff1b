import { Component, type ReactNode } from 'react'
import { t } from '../text/text.ts'
import { PartGone } from './lazily.ts'
import { oneMoreReload } from './reload-limit.ts'

const RELOADED = 'holdfast.reloaded'
const TIMES = 'holdfast.reload-times'

interface Props {
  children: ReactNode
  /** Draws what is shown in the place of a part that is broken. */
  instead?: (again: ReactNode) => ReactNode
  /** The page is loaded anew by itself, once, for a part that is gone: nothing can have been typed in it yet. */
  reloads?: boolean
}

/** Keeps what breaks while it is drawn, or cannot be loaded, from taking the rest of the page with it. */
export class Boundary extends Component<Props, { error: unknown }> {
  override state: { error: unknown } = { error: null }

  static getDerivedStateFromError(error: unknown): { error: unknown } {
    return { error }
  }

  override componentDidCatch(error: unknown): void {
    if (this.props.reloads !== true || !(error instanceof PartGone)) return
    // A page that was loaded anew and lacks the same part will not get it by being loaded once more.
    if (sessionStorage.getItem(RELOADED) === error.part) return
    // Nor one that lacks now this part and now that one.
    const times = oneMoreReload(reloadTimes(), Date.now())
    if (times === null) return
    sessionStorage.setItem(RELOADED, error.part)
    sessionStorage.setItem(TIMES, times.join())
    location.reload()
  }

  override render(): ReactNode {
    if (this.state.error === null) return this.props.children
    const again = (
      <button type="button" className="primary" onClick={() => location.reload()}>
        {t('app.load-again')}
      </button>
    )
    return this.props.instead === undefined ? <Broken again={again} /> : this.props.instead(again)
  }
}

function reloadTimes(): number[] {
  return (sessionStorage.getItem(TIMES) ?? '').split(',').map(Number)
}

function Broken({ again }: { again: ReactNode }) {
  return (
    <div className="broken" role="alert">
      <h2>{t('app.broken')}</h2>
      <p className="muted">{t('app.broken.how')}</p>
      <p className="actions">{again}</p>
    </div>
  )
}
