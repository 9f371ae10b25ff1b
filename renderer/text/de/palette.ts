import type { palette as en } from '../en/palette.ts'

export const palette: Record<keyof typeof en, string> = {
  'palette.title': 'Befehle und Dateien',
  'palette.open': 'Suche',
  'palette.type': 'Dateien suchen oder einen Befehl eingeben',
  'palette.search': 'Dateien in allen Ordnern suchen',
  'palette.commands': 'Befehle',
  'palette.files': 'Dateien',
  'palette.hint': 'Wählen Sie mit den Pfeiltasten und der Eingabetaste.',
  'palette.searching': 'Wird gesucht …',
  'palette.found':
    '{count, plural, =0 {Nichts passt. Versuchen Sie es mit weniger oder anderen Buchstaben.} one {# Treffer} other {# Treffer}}',
  'palette.found.more': 'Die ersten {count, number}. Mit mehr Buchstaben werden es weniger.',
  'palette.search.failed': 'Die Dateien konnten nicht durchsucht werden: {message}',

  'palette.go': 'Gehe zu {place}',
  'palette.go.title': 'Gehe zu',
  'palette.add-folder': 'Ordner hinzufügen',
  'palette.add-device': 'Gerät hinzufügen',
  'palette.scan-all': 'Jetzt in allen Ordnern nach Änderungen suchen',
  'palette.pause-all': 'Alle Ordner anhalten',
  'palette.resume-all': 'Alle Ordner fortsetzen',
  'palette.folder.join': 'An {folder} teilnehmen',
  'palette.folder.files': 'Dateien von {folder}',
  'palette.folder.history': 'Verlauf von {folder}',
  'palette.folder.settings': 'Einstellungen von {folder}',
  'palette.folder.pause': '{folder} anhalten',
  'palette.folder.resume': '{folder} fortsetzen',
  'palette.folder.scan': 'Jetzt in {folder} nach Änderungen suchen',
  'palette.language': 'Sprache: {language}',
  'palette.appearance': 'Sprache und Darstellung',
  'palette.shortcuts': 'Tastenkürzel',

  'palette.paused':
    '{count, plural, one {# Ordner ist angehalten, bis Sie ihn fortsetzen} other {# Ordner sind angehalten, bis Sie sie fortsetzen}}.',
  'palette.resumed': '{count, plural, one {# Ordner läuft weiter} other {# Ordner laufen weiter}}.',
  'palette.scanned':
    '{count, plural, =0 {Nichts hat sich geändert} one {# Änderung wurde gefunden} other {# Änderungen wurden gefunden}}.',

  'palette.everywhere': 'Überall',
  'palette.key.palette': 'Befehle und Dateien',
  'palette.key.search': 'Auf dieser Seite suchen, sonst in allen Dateien',
  'palette.key.help': 'Diese Liste',
  'palette.key.close': 'Schließen, was offen ist',
  'palette.key.not-in-fields': 'Während Sie in ein Feld schreiben, schreiben die Tasten nur.',
}
