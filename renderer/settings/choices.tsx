import { useId } from 'react'

/** One of a few, each with what it means; chosen at once. */
export function Choices<Name extends string>({
  title,
  how = null,
  choices,
  chosen,
  choose,
}: {
  title: string
  how?: string | null
  choices: readonly { name: Name; title: string; how?: string }[]
  chosen: Name | null
  choose: (name: Name) => void
}) {
  const group = useId()
  return (
    <fieldset className="settings-row">
      <legend>{title}</legend>
      {how === null ? null : <p className="muted">{how}</p>}
      <div className="settings-choices">
        {choices.map(({ name, title: text, how: meaning }) => (
          <label key={name} className="settings-choice">
            <input type="radio" name={group} checked={name === chosen} onChange={() => choose(name)} />
            <span>
              {text} {meaning === undefined ? null : <span className="muted">{meaning}</span>}
            </span>
          </label>
        ))}
      </div>
    </fieldset>
  )
}
