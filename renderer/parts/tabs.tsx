import { useId, useRef, type KeyboardEvent, type ReactNode } from 'react'

export interface Tab<Name extends string> {
  name: Name
  title: string
  show: () => ReactNode
}

/** Several views of one thing, one at a time: arrow keys, Home and End go between them (w3.org/WAI/ARIA/apg/patterns/tabs). */
export function Tabs<Name extends string>({
  label,
  tabs,
  shown,
  choose,
}: {
  label: string
  tabs: readonly Tab<Name>[]
  shown: Name
  choose: (name: Name) => void
}) {
  const id = useId()
  const list = useRef<HTMLDivElement>(null)
  const at = tabs.findIndex(({ name }) => name === shown)
  const move = (event: KeyboardEvent): void => {
    const next = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: tabs.length - 1 }[event.key]
    if (next === undefined) return
    event.preventDefault()
    const to = tabs.at(next % tabs.length)
    if (to === undefined) return
    choose(to.name)
    list.current?.querySelector<HTMLElement>(`[data-tab="${to.name}"]`)?.focus()
  }
  return (
    <div>
      <div ref={list} className="tabs" role="tablist" aria-label={label} onKeyDown={move}>
        {tabs.map(({ name, title }) => (
          <button
            key={name}
            type="button"
            role="tab"
            id={`${id}-${name}`}
            data-tab={name}
            aria-selected={name === shown}
            aria-controls={`${id}-panel`}
            tabIndex={name === shown ? 0 : -1}
            onClick={() => choose(name)}
          >
            {title}
          </button>
        ))}
      </div>
      <div role="tabpanel" id={`${id}-panel`} aria-labelledby={`${id}-${shown}`}>
        {tabs[at]?.show()}
      </div>
    </div>
  )
}
