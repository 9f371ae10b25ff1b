import type { settings as en } from '../en/settings.ts'

export const settings: Record<keyof typeof en, string> = {
  'settings.save': 'Speichern',
  'settings.saved': '{name}: gespeichert',
  'settings.restart': 'Bis zum nächsten Start von Holdfast gilt noch {value}.',
  'settings.presets': 'Übliche Werte: {name}',

  'settings.appearance': 'Darstellung',
  'settings.appearance.system': 'Wie das System',
  'settings.appearance.light': 'Hell',
  'settings.appearance.dark': 'Dunkel',
  'settings.login': 'Beim Anmelden starten',
  'settings.login.how': 'Im Hintergrund: das Symbol ist neben der Uhr.',
  'settings.login.shell':
    'Holdfast läuft hier als Dienst, und diese Seite ist in einem Browser. Ob es von selbst startet, legen Sie in der Desktop-App fest, oder dort, wo der Dienst eingerichtet wurde.',
  'settings.notify': 'Benachrichtigen',
  'settings.notify.how':
    'Wenn ein Ordner auf eine Entscheidung wartet oder ein Gerät koppeln möchte, solange diese Seite irgendwo offen ist. Nie wegen einzelner Dateien.',
  'settings.notify.denied': 'Dieser Browser lässt das nicht zu: erlauben Sie es neben der Adresse, und wählen Sie es dann hier.',
  'settings.notify.shell':
    'Die Desktop-App benachrichtigt Sie, wenn etwas auf eine Entscheidung wartet. Abschalten lässt sich das im System.',

  'settings.device': 'Dieses Gerät',
  'settings.name': 'Name',
  'settings.name.how': 'So heißt dieses Gerät auf allen Geräten.',
  'settings.pledge': 'Platz für die Gruppe',
  'settings.pledge.how':
    'So viel von dieser Festplatte ist für versiegelte Kopien dessen, was andere Geräte aufheben. 0: nichts. Zum Beispiel 100 GB oder 1,5 TB.',
  'settings.pledge.slider': 'Platz für die Gruppe, als Teil des freien Platzes',
  'settings.pledge.free': '{free} sind auf dieser Festplatte frei.',
  'settings.pledge.free-of': '{free} von {all} sind auf dieser Festplatte frei.',
  'settings.pledge.less': 'Die Festplatte hat jetzt Platz für {bytes} davon, und die Gruppe rechnet nicht mit mehr.',

  'settings.network': 'Netzwerk',
  'settings.rate.none': 'Unbegrenzt',
  'settings.rate.down': 'Höchstens empfangen',
  'settings.rate.down.how':
    'Von allen Geräten zusammen, in jeder Sekunde. Zum Beispiel 2 MB/s; mindestens 10 KB/s; 0 für unbegrenzt.',
  'settings.rate.up': 'Höchstens senden',
  'settings.rate.up.how':
    'Eine Grenze unter dem, was Ihr Anschluss sendet, hält Anrufe und Seiten flott, während viel abgeglichen wird.',

  'settings.group': 'Gruppe',
  'settings.copies': 'Kopien jeder Fassung',
  'settings.copies.how':
    'Auf wie vielen Geräten jede Fassung liegt, für alle Geräte der Gruppe. Mit 3 dürfen zwei beliebige verloren gehen, und nichts fehlt.',
  'settings.leave': 'Gruppe verlassen',
  'settings.leave.alone': 'Dieses Gerät ist mit keinem anderen in einer Gruppe.',
  'settings.leave.how': 'Dieses Gerät macht allein weiter, mit seinen Dateien. Die anderen machen ohne es weiter.',
  'settings.leave.title': 'Die Gruppe verlassen?',
  'settings.leave.files':
    'Ordner und Dateien bleiben auf diesem Gerät, wo sie sind. Sie werden mit keinem anderen mehr abgeglichen.',
  'settings.leave.over':
    'Zuerst gibt es den Geräten, die es halten sollen, was nur dieses Gerät hat. Das kann eine Weile dauern.',
  'settings.leave.back':
    'Tritt es später wieder bei, wird auf der anderen Seite auch geändert oder gelöscht, was bis dahin hier oder dort geändert oder gelöscht wurde.',
  'settings.leave.progress': 'Übergabe',
  'settings.leave.do': 'Übergeben und verlassen',
  'settings.leave.now': 'Ohne Übergabe verlassen',
  'settings.left': 'Dieses Gerät hat die Gruppe verlassen',

  'settings.recovery': 'Wiederherstellung',
  'settings.kit': 'Wiederherstellungssatz anlegen',
  'settings.kit.how':
    'Damit bekommt ein leeres Gerät jeden Ordner zurück, solange ein Gerät der Gruppe übrig ist: eines, das die Ordner auch hat, oder eines, das nur speichert. Bewahren Sie ihn getrennt von Ihren Rechnern auf.',
  'settings.kit.words': 'Als Wörter',
  'settings.kit.words.how': 'Zum Drucken oder Aufschreiben. Wer sie hat, braucht kein Kennwort.',
  'settings.kit.file': 'Als Datei',
  'settings.kit.file.how': 'Mit einem Kennwort versiegelt.',
  'settings.kit.path': 'Datei',
  'settings.kit.make': 'Satz anlegen',
  'settings.kit.made': '{name} ist angelegt',
  'settings.kit.opens':
    'Er öffnet {count, plural, one {den Ordner} other {die # Ordner}} {folders} und alle, die später freigegeben werden.',
  'settings.kit.at': 'Die Datei:',
  'settings.kit.secret':
    'Diese Wörter werden nur dieses eine Mal gezeigt. Wer sie hat, kann alle Ihre Ordner lesen: bewahren Sie sie sicher auf.',
  'settings.kit.addresses': 'Unter diesen Adressen sind Ihre anderen Geräte zu erreichen; schreiben Sie auch das auf:',
  'settings.kit.storage': 'Ein Speichergerät hinzufügen',
  'settings.kit.print': 'Drucken',
  'settings.kit.written': 'Ich habe sie aufgeschrieben',
  'settings.passphrase': 'Kennwort',
  'settings.passphrase.again': 'Noch einmal dasselbe',
  'settings.passphrase.how':
    'Mindestens 12 Zeichen, davon 6 verschiedene. Sechs zufällig gewählte Wörter sind leicht zu behalten und schwer zu finden.',
  'settings.passphrase.differ': 'Das ist nicht dasselbe.',
  'settings.passphrase.short': 'Zu kurz: mindestens 12 Zeichen, davon 6 verschiedene.',
  'settings.passphrase.weak': 'Schwach: wer die Datei hat, könnte es finden. Nehmen Sie mehr Wörter.',
  'settings.passphrase.good': 'Gut.',
  'settings.passphrase.strong': 'Stark.',
  'settings.restore': 'Ordner aus einem Satz zurückholen',
  'settings.restore.how': 'Dieses Gerät tritt der Gruppe des Satzes bei und bekommt ihre Ordner.',
  'settings.restore.not':
    'Das kann nur ein leeres Gerät. Dieses hat Ordner oder ist mit anderen in einer Gruppe: nehmen Sie ein neues, oder verlassen Sie zuerst die Gruppe.',
  'settings.restore.by': 'Der Satz liegt vor als',
  'settings.restore.words': 'Wörter',
  'settings.restore.file': 'Datei',
  'settings.restore.words.field': 'Alle Wörter, in ihrer Reihenfolge',
  'settings.restore.path': 'Datei auf diesem Rechner',
  'settings.restore.passphrase': 'Das Kennwort dazu',
  'settings.restore.to': 'Verzeichnis für die Ordner (leer: nur online)',
  'settings.restore.addresses': 'Adressen eines Geräts der Gruppe (nach Wunsch)',
  'settings.restore.do': 'Ordner zurückholen',
  'settings.restored':
    '{count, plural, =0 {Dieses Gerät ist in der Gruppe; sie hat noch keine Ordner.} one {Ein Ordner kommt zurück: {folders}.} other {# Ordner kommen zurück: {folders}.}}',

  'settings.help': 'Wenn etwas nicht stimmt',
  'settings.bundle': 'Bericht für die Hilfe',
  'settings.bundle.how':
    'Eine Datei mit Protokollen, Einstellungen und Versionsangaben für jemanden, der Ihnen hilft. Dateinamen können in den Protokollen stehen, Geheimnisse nicht.',
  'settings.bundle.write': 'Datei schreiben',
  'settings.bundle.done': 'Geschrieben: {file}',
  'settings.log': 'Protokoll',
  'settings.log.how': 'Wie viel hineingeschrieben wird.',
  'settings.log.debug': 'Alles, um einen Fehler zu suchen',
  'settings.log.info': 'Was geschieht',
  'settings.log.warn': 'Warnungen und Fehler',
  'settings.log.error': 'Nur Fehler',
  'settings.advanced.show': '{count, plural, one {Weitere: # Einstellung} other {Weitere: # Einstellungen}}',
  'settings.listen': 'Adressen, auf denen es erreichbar ist, als Multiaddrs mit Kommas dazwischen; leer: irgendein freier Port.',
  'settings.http': 'Wo es diese Seite gibt: HOST:PORT, nur auf diesem Rechner.',
  'settings.gc_grace': 'Wie lange auf der Festplatte bleibt, was nichts mehr braucht, zum Beispiel 1d oder 12h.',
  'settings.cache_bytes':
    'Wie viel von dem, was aus Ordnern geholt wurde, die nur online sind, auf dieser Festplatte bleibt, zum Beispiel 1GB.',
  'settings.scrub_days': 'Jeder Block wird einmal in so vielen Tagen gelesen und geprüft; 0: nie von selbst.',
  'settings.leave_after':
    'Ein Gerät, das so lange nicht da war, zählt nicht mehr als Halter von Kopien, zum Beispiel 7d; 0: nie von selbst. Für die ganze Gruppe.',

  'settings.about': 'Über Holdfast',
  'settings.version': 'Holdfast {version}',
  'settings.license': 'Freie Software unter der MIT-Lizenz.',
  'settings.about.health': 'Wie es ihm geht',

  'notify.folder': '{folder} braucht Sie',
}
