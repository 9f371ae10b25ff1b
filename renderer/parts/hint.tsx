import { t } from '../text/text.ts'
import { hintParts, startsWithCommand } from './hint-parts.ts'

/** What to do, as the daemon says it: for the command line, so its commands are told apart from its words. */
export function Hint({ hint }: { hint: string | null | undefined }) {
  if (hint === null || hint === undefined || hint === '') return null
  return (
    <span className="muted">
      {startsWithCommand(hint) ? `${t('hint.command')} ` : null}
      {hintParts(hint).map(({ text, isCommand }) => (isCommand ? <code key={text}>{text}</code> : text))}
    </span>
  )
}
