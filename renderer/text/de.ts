import { common } from './de/common.ts'
import { conflicts } from './de/conflicts.ts'
import { details } from './de/details.ts'
import { failures } from './de/failures.ts'
import { faults } from './de/faults.ts'
import { files } from './de/files.ts'
import { folders } from './de/folders.ts'
import { health } from './de/health.ts'
import { history } from './de/history.ts'
import { notes } from './de/notes.ts'
import { palette } from './de/palette.ts'
import { peers } from './de/peers.ts'
import { refusals } from './de/refusals.ts'
import { settings } from './de/settings.ts'
import { system } from './de/system.ts'
import { tray } from './de/tray.ts'
import { welcome } from './de/welcome.ts'
import { words } from './de/words.ts'
import type { Messages } from './en.ts'

export const de: Messages = {
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
}
