import { untilTomorrow } from '../frame/until-tomorrow.ts'
import { noticesOf } from './notices.ts'
import { lookOf, type Standing } from './standing.ts'
import type { Texts } from './texts.ts'

/** As Electron's `MenuItemConstructorOptions`. */
export interface MenuEntry {
  label?: string
  type?: 'separator'
  enabled?: boolean
  click?: () => void
  submenu?: MenuEntry[]
}

/** What can be done from the menu; `pause` in seconds, null: until somebody resumes. */
export type Command = { open: string } | { pause: number | null } | 'resume' | 'quit'

/** The menu, with all that can be done: of some desktops it is all that there is. `fault`: why there is no daemon. */
export function template(
  standing: Standing | null,
  t: Texts,
  run: (command: Command) => void,
  fault: string | null = null,
): MenuEntry[] {
  const item = (label: string, command: Command): MenuEntry => ({ label, click: () => run(command) })
  const line: MenuEntry = { type: 'separator' }
  const folders = standing?.folders ?? []
  const mine = folders.filter(({ state }) => state !== 'offered')
  const waiting = standing === null ? [] : noticesOf(standing, t).map(({ title, place }) => item(title, { open: place }))
  const pauses: MenuEntry[] = [
    item(t('shell.pause.half-hour'), { pause: 1_800 }),
    item(t('shell.pause.hour'), { pause: 3_600 }),
    { label: t('shell.pause.tomorrow'), click: () => run({ pause: untilTomorrow(new Date()) }) },
    item(t('shell.pause.resumed'), { pause: null }),
  ]
  return [
    { label: fault === null ? t(`shell.state.${lookOf(standing)}`) : t('shell.fault'), enabled: false },
    ...(fault === null ? [] : [item(fault, { open: '/' })]),
    ...waiting,
    line,
    item(t('shell.open'), { open: '/' }),
    ...(folders.length === 0
      ? []
      : [
          {
            label: t('shell.folders'),
            submenu: folders.map(({ id, name: folder, state }) =>
              item(t(`shell.folder.${state}`, { folder }), { open: `/?folder=${id}` }),
            ),
          },
        ]),
    item(t('shell.settings'), { open: '/settings' }),
    line,
    ...(mine.some(({ state }) => state !== 'paused') ? [{ label: t('shell.pause'), submenu: pauses }] : []),
    ...(mine.some(({ state }) => state === 'paused') ? [item(t('shell.resume'), 'resume')] : []),
    item(t('shell.quit'), 'quit'),
  ]
}
