/** What the app is seen by: a line that divides, as in the page (`renderer/frame/navigation.tsx`). In 32 × 32. */
const MARK = 'M16 6v12m0 0c0 5-4 4-6 8m6-8c0 5 4 4 6 8m-6-8v8'
const GREEN = '#16695c'
const GREY = '#6b7a80'

export const LOOKS = ['idle', 'syncing', 'paused', 'attention', 'offline'] as const
type Look = (typeof LOOKS)[number]

/** The app's icon; `room` of the whole side stays free around it, as macOS wants it. */
export function appIcon(room = 0): string {
  const side = 32 * (1 - 2 * room)
  return svg(
    `<defs><linearGradient id="g" x2="0" y2="1"><stop stop-color="#1f8372"/><stop offset="1" stop-color="#0f5248"/></linearGradient></defs>` +
      `<g transform="translate(${32 * room} ${32 * room}) scale(${side / 32})"><rect width="32" height="32" rx="7.2" fill="url(#g)"/>` +
      `<path d="${MARK}" fill="none" stroke="#fff" stroke-width="2.8" stroke-linecap="round" stroke-linejoin="round"/></g>`,
  )
}

/** What stands in the corner below at the end: how all stands, told by its shape. */
const BADGES: Readonly<Record<Look, string>> = {
  idle: '',
  syncing: '<path d="M20 18.5v11m-3.2-3.2 3.2 3.2 3.2-3.2M27.5 29.5v-11m-3.2 3.2 3.2-3.2 3.2 3.2"/>',
  paused: '<path d="M20.5 18.5v10.5M27.5 18.5v10.5"/>',
  attention: '<path d="M25 15.5v7.5M25 28.6v.4"/>',
  offline: '<path d="M4 28 28 4"/>',
}
const WIDTHS: Readonly<Record<Look, number>> = { idle: 0, syncing: 2.4, paused: 4.2, attention: 5, offline: 3.2 }

/** The tray's icon. A `template` is black alone, for macOS to tint; elsewhere it has to be seen on light and on dark. */
export function trayIcon(look: Look, template: boolean): string {
  const badge = (width: number, colour: string): string =>
    `<g fill="none" stroke="${colour}" stroke-width="${width}" stroke-linecap="round" stroke-linejoin="round">${BADGES[look]}</g>`
  const width = WIDTHS[look]
  // Free room around the badge keeps it apart from the mark.
  const mask = `<mask id="m"><rect width="32" height="32" fill="#fff"/>${width === 0 ? '' : badge(width + 5, '#000')}</mask>`
  const mark = (colour: string): string =>
    `<path d="${MARK}" fill="none" stroke="${colour}" stroke-width="${template ? 4 : 3.4}" stroke-linecap="round" stroke-linejoin="round"/>`
  // Beside a badge the mark makes room.
  const isBeside = look !== 'idle' && look !== 'offline'
  if (template) {
    const at = isBeside ? 'translate(-7.5 -4) scale(1.2)' : 'translate(-4 -4) scale(1.25)'
    return svg(`${mask}<g mask="url(#m)"><g transform="${at}">${mark('#000')}</g></g>${badge(width, '#000')}`)
  }
  const colour = { idle: GREEN, syncing: '#2f80ed', paused: GREY, attention: '#e8590c', offline: GREY }[look]
  const back = `<rect x="1" y="1" width="30" height="30" rx="8" fill="${colour === GREY ? GREY : GREEN}"/>`
  const at = isBeside ? 'translate(-4 -1.5)' : ''
  return svg(`${mask}<g mask="url(#m)">${back}<g transform="${at}">${mark('#fff')}</g></g>${badge(width, colour)}`)
}

function svg(content: string): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">${content}</svg>`
}
