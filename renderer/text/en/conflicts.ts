export const conflicts = {
  'conflicts.title': 'Conflicts',
  'conflicts.why': 'Files that were changed on more than one device at a time. Every version is kept until you choose.',
  'conflicts.none': 'There is no conflict',
  'conflicts.none.how':
    'Where two devices change a file without knowing of each other, both versions show up here, and you choose.',
  'conflicts.settled': '“{path}” is in no conflict any more.',
  'conflicts.loading': 'Looking at the versions…',
  'conflicts.versions': '{count, plural, one {# version} other {# versions}}',
  'conflicts.of': 'Version of {device}',
  'conflicts.nobody': 'a device that is not known',
  'conflicts.own': 'yours',
  'conflicts.deleted': 'deleted there',
  'conflicts.at-path': 'At its own name now',
  'conflicts.beside': 'Beside it as {name}',
  'conflicts.unknown': 'What is in it is not known here yet.',
  'conflicts.keep': 'Keep this one',
  'conflicts.compare': 'Compare with the first',
  'conflicts.keep-all': '{count, plural, =2 {Keep both} other {Keep all #}}',
  'conflicts.keep-all.how': 'Each becomes a file of its own.',
  'conflicts.history': 'History of this file',
  'conflicts.kept.own':
    '“{path}”: yours is kept. {count, plural, one {The other version is} other {The other versions are}} in the history.',
  'conflicts.kept':
    '“{path}”: the version of {device} is kept. {count, plural, one {The other version is} other {The other versions are}} in the history.',
  'conflicts.kept.all':
    '“{path}”: {count, plural, =2 {both versions} other {all # versions}} are kept, each with a name of its own.',
  'conflicts.undone':
    '{count, plural, one {The other version is back, beside it} other {The other versions are back, beside it}}: {copies}.',
  'conflicts.otherwise':
    '“{path}” is not as you saw it any more: it was settled or edited meanwhile. Nothing was changed; look again before you choose.',
  'conflicts.again':
    '“{path}” is in conflict again: on another device it was settled otherwise or edited at the same time. Look at the versions and choose once more.',
  'conflicts.notice': '{count, plural, one {# file is in conflict} other {# files are in conflict}}',
  'conflicts.look': 'Look at them and choose',
} as const
