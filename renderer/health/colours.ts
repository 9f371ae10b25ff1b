import { useEffect, useState } from 'react'

export interface Colours {
  accent: string
  busy: string
  good: string
  line: string
  muted: string
}

/** The colours of the page as a canvas takes them, and again whenever it becomes light or dark. */
export function useColours(): Colours | null {
  const [colours, setColours] = useState<Colours | null>(null)
  useEffect(() => {
    const read = (): void => setColours(theColours())
    read()
    const schemes = [matchMedia('(prefers-color-scheme: dark)'), matchMedia('(forced-colors: active)')]
    for (const scheme of schemes) scheme.addEventListener('change', read)
    const chosen = new MutationObserver(read)
    chosen.observe(document.documentElement, { attributeFilter: ['data-appearance'] })
    return () => {
      for (const scheme of schemes) scheme.removeEventListener('change', read)
      chosen.disconnect()
    }
  }, [])
  return colours
}

/** A property's own value is still to be decided on (`light-dark()`): only an element that has it as its colour knows. */
function theColours(): Colours {
  const probe = document.body.appendChild(document.createElement('span'))
  const of = (name: keyof Colours): string => {
    probe.style.color = `var(--${name})`
    return getComputedStyle(probe).color
  }
  const colours = { accent: of('accent'), busy: of('busy'), good: of('good'), line: of('line'), muted: of('muted') }
  probe.remove()
  return colours
}
