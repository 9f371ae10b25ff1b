export const tray = {
  'tray.title': 'Holdfast',
  'tray.needs': 'What needs you',
  'tray.decide': 'Decide',
  'tray.look': 'Look',
  'tray.choose': 'Choose',
  'tray.conflicts': '{count, plural, one {# file} other {# files}} in conflict in {folder}',
  'tray.conflicts.why': '{count, plural, =0 {{path}} one {{path} and # other} other {{path} and # others}}',
  'tray.problems': '{count, plural, one {# file does} other {# files do}} not sync in {folder}',
  'tray.offered': '{folder} is offered to you',
  'tray.open': 'Open Holdfast',
  'tray.folder': 'Open folder',
  'tray.rates': '{connected}, receiving {down}/s, sending {up}/s',
} as const
