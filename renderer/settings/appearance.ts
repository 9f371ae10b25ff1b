/** As `appearance.ts`, which runs before all else, reads it. */
const KEY = 'holdfast.appearance'

export const APPEARANCES = ['system', 'light', 'dark'] as const
export type Appearance = (typeof APPEARANCES)[number]

export function theAppearance(): Appearance {
  const chosen = document.documentElement.dataset['appearance']
  return APPEARANCES.find((each) => each === chosen) ?? 'system'
}

/** Of this browser alone, at once and from now on. */
export function chooseAppearance(chosen: Appearance): void {
  if (chosen === 'system') {
    localStorage.removeItem(KEY)
    delete document.documentElement.dataset['appearance']
  } else {
    localStorage.setItem(KEY, chosen)
    document.documentElement.dataset['appearance'] = chosen
  }
}
