import type { words as en } from '../en/words.ts'

export const words: Record<keyof typeof en, string> = {
  'reason.paused': '{until, select, none {Von Ihnen angehalten.} other {Von Ihnen angehalten bis {until}.}}',
  'reason.deletions-held':
    '{entries, plural, one {# Eintrag ist} other {# Einträge sind}} hier auf einmal verschwunden{before, plural, =0 {} other {, und # schon vorher}}. Überall löschen, oder zurückholen?',
  'reason.scanning': 'Sieht die Dateien auf diesem Gerät durch.',
  'reason.no-role':
    'Wird nicht abgeglichen: dieses Gerät hat keinen Zugang zum Ordner, bekommt nichts und sendet nichts{edits, plural, =0 {} one {; # eigene Änderung bleibt hier} other {; # eigene Änderungen bleiben hier}}.',
  'reason.receiving-index':
    'Empfängt das Verzeichnis: noch {records, plural, one {# Datensatz kommt} other {# Datensätze kommen}}.',
  'reason.waiting-for-device': 'Wartet auf ein anderes Gerät zum Vergleichen.',
  'reason.no-device':
    '{removedBy, select, none {{entries, plural, one {# Eintrag ist} other {# Einträge sind}} zu holen, aber kein Gerät dieses Ordners ist verbunden.} other {{entries, plural, one {# Eintrag fehlt hier, und niemand bringt ihn} other {# Einträge fehlen hier, und niemand bringt sie}}, bis dieses Gerät wieder beitritt: {removedBy} hat es aus der Gruppe entfernt.}}',
  'reason.put-off': '{entries, plural, one {# Eintrag kann} other {# Einträge können}} jetzt nicht hergeholt werden.',
  'reason.fetching':
    '{entries, plural, =0 {Beschäftigt mit dem, was von anderen Geräten gekommen ist.} one {Holt # Eintrag her.} other {Holt # Einträge her.}}',
  'reason.vanishing':
    '{entries, plural, one {# Eintrag ist} other {# Einträge sind}} hier verschwunden; andere Geräte hören davon, sobald keine mehr verschwinden.',
  'reason.problems': 'Aktuell bis auf {entries, plural, one {# Eintrag} other {# Einträge}} mit einem Problem{elsewhere}.',
  'reason.local-edits':
    '{edits, plural, one {# eigene Änderung bleibt} other {# eigene Änderungen bleiben}} auf diesem Gerät{elsewhere}.',
  'reason.send-only':
    'Dieses Gerät sendet nur: {changes, plural, one {# Änderung anderer wird} other {# Änderungen anderer werden}} nicht aufgenommen{elsewhere}.',
  'reason.alone':
    '{removedBy, select, none {{online, select, yes {Nur online, und kein anderes Gerät ist verbunden: lesbar ist nur, was zuletzt geöffnet wurde.} other {Aktuell; kein anderes Gerät ist verbunden.}}} other {{online, select, yes {Nur online, und mit niemandem abgeglichen} other {Zwar aktuell, aber mit niemandem abgeglichen}}: {removedBy} hat dieses Gerät aus der Gruppe entfernt.}}',
  'reason.waits-elsewhere': 'Hier aktuell{elsewhere}.',
  'reason.to-come-elsewhere':
    'Hier aktuell; auf {device} {entries, plural, one {fehlt noch # Eintrag} other {fehlen noch # Einträge}}.',
  'reason.online-only': 'Nur online: Dateien werden beim Öffnen geholt.',
  'reason.up-to-date': 'Aktuell.',
  'reason.offered': 'Ein anderes Ihrer Geräte gibt ihn frei; treten Sie bei, um ihn hier zu haben.',
  'reason.root-missing': 'Sein Verzeichnis ist nicht da. Schließen Sie die Festplatte an, oder bringen Sie es zurück.',
  'reason.root-no-directory':
    'An der Stelle seines Verzeichnisses ist etwas anderes. Räumen Sie es weg und bringen Sie das Verzeichnis zurück; dann geht es von selbst weiter.',
  'reason.root-replaced': 'An seiner Stelle ist ein anderes Verzeichnis: es geschieht nichts, bis jemand sagt, was gelten soll.',
  'reason.root-unreadable': 'Sein Verzeichnis lässt sich nicht lesen. Geben Sie diesem Benutzer das Recht dazu.',
  'reason.marker-missing':
    'Das Zeichen von Holdfast fehlt in seinem Verzeichnis: es könnte eine leere oder andere Festplatte sein.',
  'reason.marker-damaged': 'Das Zeichen von Holdfast in seinem Verzeichnis ist beschädigt.',
  'reason.marker-changed': 'Das Zeichen von Holdfast in seinem Verzeichnis gehört zu einem anderen Ordner.',
  'reason.elsewhere':
    '; {hindered}{others, plural, =0 {} one {; auch # weiteres Gerät nimmt zurzeit nicht teil} other {; auch # weitere Geräte nehmen zurzeit nicht teil}}',
  'reason.hindered':
    'auf {device} {hindrance, select, held {sind viele Einträge auf einmal verschwunden und warten dort auf eine Entscheidung} blocked {ist der Ordner gesperrt, aus einem Grund, der dort steht} error {geht es mit dem Ordner nicht weiter, aus einem Grund, der dort steht} paused {ist der Ordner angehalten} other {wartet der Ordner auf jemanden}}',

  'remark.lost':
    'Der Inhalt von {versions, plural, one {# Fassung, die es gab,} other {# Fassungen, die es gab,}} {alone, select, yes {ist nicht auf diesem Gerät, das allein in seiner Gruppe ist} other {ist auf keinem Gerät der Gruppe mehr}}.',
  'remark.degraded':
    '{copies, plural, =0 {Kein Gerät kann seine Fassungen halten} one {Nur # Gerät kann seine Fassungen halten} other {Nur # Geräte können seine Fassungen halten}}, gewünscht {wanted, plural, one {ist #} other {sind #}}.',
  'remark.unheld':
    'Kein Gerät dieser Gruppe hat ihn auf einer Platte: von seinem Inhalt ist nur lesbar, was hier zuletzt geöffnet wurde.',
  'remark.full':
    'Nicht alle seine Fassungen sind auf {device}: der Platz dort, oder die Platte, ist voll. Von der ersten an, die dort fehlt, gilt keine als geschützt, wo immer sie sonst ist.',
  'remark.refused': 'Nicht alle seine Fassungen sind auf {device}: es nimmt sie von diesem Gerät nicht an.',
  'remark.lies': 'Nicht alle seine Fassungen sind auf {device}: es hat nicht alles, was es zu haben angibt.',
  'remark.out-of-reach':
    '{kind, select, files {{files, plural, one {# Datei} other {# Dateien}}} older {{older, plural, one {# ältere Fassung} other {# ältere Fassungen}}} other {{files, plural, one {# Datei} other {# Dateien}} und {older, plural, one {# ältere Fassung} other {# ältere Fassungen}}}}: {said, select, yes {nur auf {devices}, zurzeit nicht verbunden.} other {auf keinem verbundenen Gerät; vielleicht auf {devices}.}}',
  'remark.deleted-apart':
    '{entries, plural, one {# Eintrag, der hier war, wurde} other {# Einträge, die hier waren, wurden}} von {devices} gelöscht, anscheinend bevor beide in einer Gruppe waren, oder wieder waren. Was davon kein anderes Gerät hatte, lässt sich hier wiederherstellen.',
  'remark.devices': 'Ihre Geräte ansehen',
  'remark.files': 'Sehen, welche Dateien',
  'remark.history': 'In den Verlauf sehen',
  'remark.connect': 'Verbinden Sie {devices}.',

  'problem.lost':
    'Der Inhalt von {versions, plural, one {# Fassung davon} other {# Fassungen davon}} {alone, select, yes {ist nicht auf diesem Gerät, das allein in seiner Gruppe ist} other {ist auf keinem Gerät der Gruppe mehr}}.',
  'problem.lies': '{device} hat nicht alle Fassungen, die es zu haben angibt; nichts von dem, was es angibt, gilt als geschützt.',
  'problem.unreadable.do': 'Geben Sie dem Benutzer, unter dem Holdfast läuft, das Recht, es zu lesen.',
  'problem.changing.do': 'Es ist nichts zu tun: es wird wieder angesehen, sobald es zur Ruhe kommt.',
  'problem.changing.do.held': 'Entscheiden Sie zuerst über das Verschwundene: überall löschen, oder zurückholen.',
  'problem.name.do': 'Geben Sie ihm einen anderen Namen.',
  'problem.twin.do': 'Benennen Sie eines von beiden um, auf einem Gerät, das beide hat.',
  'problem.full.do': 'Schaffen Sie Platz auf dieser Platte; es wird von selbst wieder versucht.',
  'problem.missing-chunks.do':
    'Starten Sie ein Gerät, das es hat: es kommt, sobald eines verbunden ist. Gibt es keines mehr, löschen Sie es unter Dateien, oder stellen Sie eine frühere Fassung aus dem Verlauf wieder her.',
  'problem.local-edit.do': 'Verwerfen Sie die eigenen Änderungen, um zu nehmen, was die anderen haben; Ihre kommen ins Archiv.',
  'problem.local-edit.do.role':
    'Geben Sie diesem Gerät eine andere Rolle im Ordner, auf einem, das sendet und empfängt: mit einer, die sendet, gehen seine Änderungen hinaus; mit einer, die empfängt, lassen sie sich hier verwerfen.',
  'problem.not-empty.do': 'Verschieben oder löschen Sie, was im Verzeichnis ist, auch Ausgenommenes.',
  'problem.denied.do':
    'Schließen Sie das Programm, das es geöffnet hat, oder geben Sie dem Benutzer, unter dem Holdfast läuft, das Recht, dort zu schreiben.',
  'problem.too-large.do': 'Speichern Sie die Datei noch einmal auf dem Gerät, von dem sie kommt.',
  'problem.io.do': 'Prüfen Sie die Platte und ihren Anschluss; es wird von selbst wieder versucht.',
  'problem.device-boundary.do': 'Geben Sie, was auf dieser Platte ist, als eigenen Ordner frei.',
  'problem.ignore-rules.do': 'Schreiben Sie je Zeile ein Muster, wie in .gitignore, als Text in UTF-8.',
  'problem.special.do': 'Es ist nichts zu tun; eine Regel, die es ausnimmt, hält es aus dieser Liste.',
  'problem.lost.do':
    'Bringen Sie die Platte oder das Gerät zurück, das es hatte: dann wird es von selbst wieder gehalten. Um es endgültig aufzugeben, auf der Befehlszeile: <code>holdfast gc --lost</code>',
  'problem.lies.do':
    'Prüfen Sie die Platte jenes Geräts, dort, unter Zustand: <em>Jetzt prüfen</em>. Es wird von selbst wieder gefragt.',
  'problem.out-of-reach.do': 'Verbinden Sie die Geräte, die es haben. Sind sie endgültig weg, entfernen Sie sie unter Geräte.',

  'why.synced':
    '{online, select, yes {Nicht auf dieser Platte, weil der Ordner hier nur online ist: es wird beim Öffnen geholt.} other {{others, plural, =0 {Auf diesem Gerät; kein anderes Gerät hat den Ordner.} other {{sure, select, yes {Auf allen Geräten des Ordners gleich.} other {Auf allen Geräten gleich, soweit hier bekannt.}}}}}}',
  'why.to-come':
    '{role, select, no {Was andere ändern, kommt nicht auf dieses Gerät, nach seiner Rolle im Ordner.} other {{number, plural, =0 {Kommt noch auf dieses Gerät.} other {Ist auf dem Weg hierher, von {devices}.}}}}',
  'why.to-come-elsewhere':
    '{kind, select, hindered {Hier ist es, {devices} hat es vielleicht nicht: {hindered}.} lacks {Hier ist es; auf {devices} fehlt noch etwas aus dem Ordner, vielleicht dies.} other {Hier ist es, und auf dem Weg zu {devices}.}}',
  'why.away':
    '{kind, select, here {Hier ist es; {number, plural, one {{devices} war seit der Änderung nicht verbunden und bekommt es, sobald es verbunden ist.} other {{devices} waren seit der Änderung nicht verbunden und bekommen es, sobald sie verbunden sind.}}} other {{said, select, yes {Nur auf {devices}, zurzeit nicht verbunden.} other {Auf keinem verbundenen Gerät; vielleicht auf {devices}.}}}}',
  'why.ignored': 'Auf diesem Gerät ausgenommen: es bleibt, wie es ist, und was andere damit tun, kommt nicht.',
  'why.unknown': 'In diesem Ordner ist darüber nichts bekannt.',
  'why.conflict': 'Es gibt mehrere Fassungen nebeneinander: eine andere, von {by}, steht unter {with}.',
  'why.deleted': 'Gelöscht von {by}, {time}.',
  'why.paused':
    '{until, select, none {Von Ihnen angehalten.} other {Von Ihnen angehalten bis {until}.}} Was sich inzwischen ändert, wird weder gesendet noch geholt.',
  'why.ignored.do': 'Damit es abgeglichen wird, ändern Sie die Regel, die darauf passt.',
  'why.unknown.do': 'Was eben erst entstanden ist, ist bekannt, sobald nachgesehen wurde.',
  'why.conflict.do': 'Wählen Sie, welche Fassung bleiben soll.',
  'why.deleted.do': 'Es lässt sich aus dem Verlauf wiederherstellen.',
  'why.paused.do': 'Es geht weiter, sobald der Ordner fortgesetzt wird.',

  'hint.command': 'Auf der Befehlszeile:',

  'event.added': 'hinzugefügt',
  'event.changed': 'geändert',
  'event.deleted': 'gelöscht',
  'event.received': 'empfangen',
  'event.renamed': 'umbenannt',
  'event.kept': 'behalten',
  'event.conflict': 'Konflikt',
  'event.blocked': 'gesperrt',
  'event.held': 'wartet',
  'event.lost': 'verloren',
  'event.misbehaved': 'Fehlverhalten',
  'event.given-up': 'aufgegeben',
  'event.paired': 'gekoppelt',
  'event.joined': 'beigetreten',
  'event.left': 'ausgetreten',
  'event.removed': 'entfernt',
  'event.made': 'angelegt',
}
