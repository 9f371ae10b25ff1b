import type { conflicts as en } from '../en/conflicts.ts'

export const conflicts: Record<keyof typeof en, string> = {
  'conflicts.title': 'Konflikte',
  'conflicts.why': 'Dateien, die auf mehr als einem Gerät zugleich geändert wurden. Jede Fassung bleibt, bis Sie wählen.',
  'conflicts.none': 'Es gibt keinen Konflikt',
  'conflicts.none.how':
    'Ändern zwei Geräte eine Datei, ohne voneinander zu wissen, erscheinen beide Fassungen hier, und Sie wählen.',
  'conflicts.settled': '„{path}“ ist nicht mehr im Konflikt.',
  'conflicts.loading': 'Sieht die Fassungen an…',
  'conflicts.versions': '{count, plural, one {# Fassung} other {# Fassungen}}',
  'conflicts.of': 'Fassung von: {device}',
  'conflicts.nobody': 'einem unbekannten Gerät',
  'conflicts.own': 'Ihre',
  'conflicts.deleted': 'dort gelöscht',
  'conflicts.at-path': 'Jetzt unter ihrem eigenen Namen',
  'conflicts.beside': 'Daneben als {name}',
  'conflicts.unknown': 'Ihr Inhalt ist hier noch nicht bekannt.',
  'conflicts.keep': 'Diese behalten',
  'conflicts.compare': 'Mit der ersten vergleichen',
  'conflicts.keep-all': '{count, plural, =2 {Beide behalten} other {Alle # behalten}}',
  'conflicts.keep-all.how': 'Jede wird eine eigene Datei.',
  'conflicts.history': 'Verlauf dieser Datei',
  'conflicts.kept.own':
    '„{path}“: Ihre Fassung bleibt. {count, plural, one {Die andere ist} other {Die anderen sind}} im Verlauf.',
  'conflicts.kept':
    '„{path}“: die Fassung von {device} bleibt. {count, plural, one {Die andere ist} other {Die anderen sind}} im Verlauf.',
  'conflicts.kept.all':
    '„{path}“: {count, plural, =2 {beide Fassungen bleiben} other {alle # Fassungen bleiben}}, jede unter einem eigenen Namen.',
  'conflicts.undone':
    '{count, plural, one {Die andere Fassung liegt} other {Die anderen Fassungen liegen}} wieder daneben: {copies}.',
  'conflicts.otherwise':
    '„{path}“ ist nicht mehr so, wie Sie es gesehen haben: inzwischen wurde der Konflikt gelöst oder die Datei geändert. Es wurde nichts getan; sehen Sie noch einmal nach, bevor Sie wählen.',
  'conflicts.again':
    '„{path}“ ist wieder im Konflikt: auf einem anderen Gerät wurde zugleich anders entschieden oder die Datei geändert. Sehen Sie sich die Fassungen an, und wählen Sie noch einmal.',
  'conflicts.notice': '{count, plural, one {# Datei ist im Konflikt} other {# Dateien sind im Konflikt}}',
  'conflicts.look': 'Ansehen und wählen',
}
