import type { FolderStatus } from '#api/contract'
import { api } from '../live/api.ts'
import type { Snapshot } from '../live/state.ts'
import { tell } from '../live/toasts.ts'
import type { IconName } from '../parts/icon.tsx'
import { ADD_DEVICE, filesAt, folderAt, historyAt, shareAt } from '../places.ts'
import { FURTHER_SCREENS, SCREENS } from '../screens.ts'
import { chooseLocale } from '../text/load-texts.ts'
import { LOCALES, t, theLocale } from '../text/text.ts'
import { fuzzy } from './fuzzy.ts'
import { open } from './opened.ts'
import { PLACE_KEYS } from './shortcut-keys.ts'

export interface Command {
  /** Its own among all. */
  id: string
  title: string
  icon: IconName
  /** The shortcut that does the same. */
  keys?: string
  /** Where it leads to, or what it does. */
  does: { to: string } | { run: () => unknown }
}

/** Those that are of use now, the most general ones first. */
export function commandsNow(snapshot: Snapshot): Command[] {
  const mine = snapshot.folders.filter(({ state }) => state !== 'offered')
  return [...placeCommands(snapshot), ...generalCommands(mine), ...snapshot.folders.flatMap(folderCommands), ...pageCommands()]
}

/** Those that fit what is typed, best first; all where nothing is. */
export function fitting(commands: readonly Command[], typed: string): Command[] {
  if (typed.trim() === '') return [...commands]
  return commands
    .flatMap((command) => {
      const fit = fuzzy(command.title, typed.trim())
      return fit === undefined ? [] : [{ command, fit }]
    })
    .toSorted((a, b) => b.fit - a.fit)
    .map(({ command }) => command)
}

function placeCommands({ conflicts }: Snapshot): Command[] {
  const keys = new Map(Object.entries(PLACE_KEYS).map(([key, { to }]) => [to, `g ${key}`]))
  return [...SCREENS, ...FURTHER_SCREENS]
    .filter(({ path }) => path !== '/conflicts' || conflicts.length > 0)
    .map(({ path, name, icon }) => {
      const key = keys.get(path)
      return { id: `go ${path}`, title: t('palette.go', { place: t(name) }), icon, ...(key && { keys: key }), does: { to: path } }
    })
}

function generalCommands(mine: readonly FolderStatus[]): Command[] {
  const running = mine.filter(({ state }) => state !== 'paused')
  const paused = mine.filter(({ state }) => state === 'paused')
  const commands: Command[] = [
    { id: 'add folder', title: t('palette.add-folder'), icon: 'plus', does: { to: shareAt() } },
    { id: 'add device', title: t('palette.add-device'), icon: 'plus', does: { to: ADD_DEVICE } },
  ]
  if (running.length > 0) {
    commands.push(
      { id: 'scan', title: t('palette.scan-all'), icon: 'search', does: { run: () => scan(null) } },
      { id: 'pause', title: t('palette.pause-all'), icon: 'pause', does: { run: () => pause(running) } },
    )
  }
  if (paused.length > 0) {
    commands.push({ id: 'resume', title: t('palette.resume-all'), icon: 'play', does: { run: () => resume(paused) } })
  }
  return commands
}

function folderCommands(folder: FolderStatus): Command[] {
  const { id, name, state } = folder
  const of = (verb: string, title: string, icon: IconName, does: Command['does']): Command => ({
    ...{ id: `${verb} ${id}`, title, icon, does },
  })
  if (state === 'offered') return [of('join', t('palette.folder.join', { folder: name }), 'gift', { to: folderAt(id) })]
  return [
    of('files', t('palette.folder.files', { folder: name }), 'file', { to: filesAt(id) }),
    of('history', t('palette.folder.history', { folder: name }), 'history', { to: historyAt(id) }),
    of('settings', t('palette.folder.settings', { folder: name }), 'gear', { to: folderAt(id, 'overview') }),
    state === 'paused'
      ? of('resume', t('palette.folder.resume', { folder: name }), 'play', { run: () => resume([folder]) })
      : of('pause', t('palette.folder.pause', { folder: name }), 'pause', { run: () => pause([folder]) }),
    ...(state === 'paused'
      ? []
      : [of('scan', t('palette.folder.scan', { folder: name }), 'search', { run: () => scan(folder) })]),
  ]
}

function pageCommands(): Command[] {
  const languages = (['en', 'de'] as const).filter((locale) => locale !== theLocale())
  return [
    ...languages.map((locale): Command => {
      const title = t('palette.language', { language: LOCALES[locale] })
      return { id: `language ${locale}`, title, icon: 'gear', does: { run: () => chooseLocale(locale) } }
    }),
    { id: 'appearance', title: t('palette.appearance'), icon: 'gear', does: { to: '/settings' } },
    { id: 'shortcuts', title: t('palette.shortcuts'), icon: 'command', keys: '?', does: { run: () => open('help') } },
  ]
}

async function pause(folders: readonly FolderStatus[]): Promise<void> {
  await Promise.all(folders.map(({ id }) => api.pauseFolder({ folder: id })))
  tell(t('palette.paused', { count: folders.length }), () => resumed(folders))
}

async function resume(folders: readonly FolderStatus[]): Promise<void> {
  await resumed(folders)
  tell(t('palette.resumed', { count: folders.length }))
}

async function resumed(folders: readonly FolderStatus[]): Promise<void> {
  await Promise.all(folders.map(({ id }) => api.resumeFolder({ folder: id })))
}

async function scan(folder: FolderStatus | null): Promise<void> {
  const { changed } = await api.scan({ folder: folder?.id ?? null })
  tell(t('palette.scanned', { count: changed }))
}
