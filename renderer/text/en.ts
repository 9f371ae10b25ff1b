import { common } from './en/common.ts'
import { conflicts } from './en/conflicts.ts'
import { details } from './en/details.ts'
import { failures } from './en/failures.ts'
import { faults } from './en/faults.ts'
import { files } from './en/files.ts'
import { folders } from './en/folders.ts'
import { health } from './en/health.ts'
import { history } from './en/history.ts'
import { notes } from './en/notes.ts'
import { palette } from './en/palette.ts'
import { peers } from './en/peers.ts'
import { refusals } from './en/refusals.ts'
import { settings } from './en/settings.ts'
import { system } from './en/system.ts'
import { tray } from './en/tray.ts'
import { welcome } from './en/welcome.ts'
import { words } from './en/words.ts'

/** All texts of the UI, in ICU's message syntax (unicode-org.github.io/icu/userguide/format_parse/messages). */
export const en = {
  ...common,
  ...folders,
  ...files,
  ...history,
  ...conflicts,
  ...welcome,
  ...tray,
  ...health,
  ...peers,
  ...settings,
  ...palette,
  ...words,
  ...notes,
  ...refusals,
  ...failures,
  ...faults,
  ...system,
  ...details,
} as const satisfies Record<string, string>

export type MessageKey = keyof typeof en
export type Messages = Readonly<Record<MessageKey, string>>
