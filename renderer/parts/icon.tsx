/** Strokes on a 24 × 24 grid, drawn for this page. */
const PATHS = {
  check: 'M5 12.5l4.5 4.5L19 7.5',
  search: 'M11 18a7 7 0 1 1 0-14 7 7 0 0 1 0 14zm5-2l4.5 4.5',
  arrows: 'M8 4v15m0 0l-4-4m4 4l4-4M16 20V5m0 0l-4 4m4-4l4 4',
  pause: 'M9 5v14M15 5v14',
  stop: 'M12 7v6m0 3.5v.5M12 3l9.5 17h-19z',
  hand: 'M12 21a9 9 0 1 1 0-18 9 9 0 0 1 0 18zm0-14v5l3.5 2',
  gift: 'M4 9h16v11H4zM12 9v11M3 9h18M12 9C8 9 7 4 9.5 4S12 9 12 9zm0 0c4 0 5-5 2.5-5S12 9 12 9z',
  down: 'M12 4v15m0 0l-6-6m6 6l6-6',
  up: 'M12 20V5m0 0l-6 6m6-6l6 6',
  folder: 'M3 6.5h6l2 2.5h10v10.5H3z',
  device: 'M4 5h16v11H4zM9 20h6M12 16v4',
  pulse: 'M3 12h4l3-7 4 14 3-7h4',
  gear: 'M12 15.5a3.5 3.5 0 1 1 0-7 3.5 3.5 0 0 1 0 7zM12 3v3m0 12v3m9-9h-3M6 12H3m15.4-6.4l-2.1 2.1M7.7 16.3l-2.1 2.1m12.8 0l-2.1-2.1M7.7 7.7L5.6 5.6',
  fork: 'M6 4v6c0 3 6 3 6 6v4M18 4v6c0 3-6 3-6 6',
} as const

export type IconName = keyof typeof PATHS

/** A picture beside a word that says the same: hidden from screen readers. */
export function Icon({ name }: { name: IconName }) {
  return (
    <svg className="icon" viewBox="0 0 24 24" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  )
}
