import type { tray as en } from '../en/tray.ts'

export const tray: Record<keyof typeof en, string> = {
  'tray.title': 'Holdfast',
  'tray.needs': 'Was Sie braucht',
  'tray.decide': 'Entscheiden',
  'tray.look': 'Ansehen',
  'tray.choose': 'Wählen',
  'tray.conflicts': '{count, plural, one {# Datei} other {# Dateien}} im Konflikt in {folder}',
  'tray.conflicts.why': '{count, plural, =0 {{path}} one {{path} und # weitere} other {{path} und # weitere}}',
  'tray.problems': '{count, plural, one {# Datei wird} other {# Dateien werden}} in {folder} nicht abgeglichen',
  'tray.offered': '{folder} wird Ihnen angeboten',
  'tray.open': 'Holdfast öffnen',
  'tray.folder': 'Ordner öffnen',
  'tray.quit': 'Holdfast beenden',
  'tray.rates': '{connected}, empfängt {down}/s, sendet {up}/s',
}
