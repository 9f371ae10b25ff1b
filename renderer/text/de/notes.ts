import type { notes as en } from '../en/notes.ts'

export const notes: Record<keyof typeof en, string> = {
  'unkept.away':
    '{own, select, yes {{versions, plural, one {# Fassung ist} other {# Fassungen sind}} noch nicht auf diesem Gerät} other {{versions, plural, one {# Fassung ist} other {Bis zu # Fassungen sind}} noch nicht auf {device}, zurzeit nicht verbunden}}.',
  'unkept.silent':
    '{versions, plural, one {# Fassung ist} other {Bis zu # Fassungen sind}} noch nicht auf {device}, nach dem, was es bisher gemeldet hat.',
  'unkept.nowhere':
    '{own, select, yes {{versions, plural, one {# Fassung ist} other {# Fassungen sind}} noch nicht auf diesem Gerät} other {{versions, plural, one {# Fassung ist} other {Bis zu # Fassungen sind}} noch nicht auf {device}}}: kein verbundenes Gerät hat ihren ganzen Inhalt.',
  'unkept.full':
    '{versions, plural, one {# Fassung ist} other {Bis zu # Fassungen sind}} noch nicht auf {device}: der Platz für andere dort, oder die Festplatte, ist voll.',
  'unkept.refused':
    '{versions, plural, one {# Fassung ist} other {Bis zu # Fassungen sind}} noch nicht auf {device}: es nimmt von diesem Gerät nichts an.',
  'unkept.lies':
    '{versions, plural, one {# Fassung ist} other {Bis zu # Fassungen sind}} noch nicht auf {device}, und es hat nicht alles, was es zu haben angibt.',
  'unkept.away.do':
    'Starten Sie {device}: was dort fehlt, kommt von selbst. Ist es endgültig weg, entfernen Sie es unter Geräte.',
  'unkept.silent.do': 'Sehen Sie auf {device} nach, wie es dort steht.',
  'unkept.nowhere.do': 'Verbinden Sie die anderen Geräte des Ordners: was sie haben, kommt von selbst.',
  'unkept.full.do':
    'Geben Sie der Gruppe mehr Platz auf {device}, dort unter Einstellungen, oder auf einem anderen Gerät, das Platz hat.',
  'unkept.refused.do': 'Sehen Sie auf {device} unter Geräte nach, ob dieses Gerät noch in seiner Gruppe ist.',
  'unkept.lies.do': 'Prüfen Sie die Festplatte von {device}, dort, unter Zustand: Jetzt prüfen.',

  'remark.only-copy':
    'Der Inhalt von {most, select, yes {bis zu } other {}}{versions, plural, one {# Fassung} other {# Fassungen}} ist nur {own, select, yes {auf diesem Gerät} other {auf {device}}}, soweit die anderen Geräte es gemeldet haben: von {paths}{more, plural, =0 {} one { und einer weiteren Datei} other { und # weiteren Dateien}}.',
  'remark.only-copy.do':
    '{own, select, yes {Er bleibt hier. Um ihn den anderen zu geben, treten Sie ihrer Gruppe mit einem neuen Code wieder bei, und warten Sie, bis der Ordner geschützt ist.} other {{removal, select, yes {Starten Sie {device}, und verlassen Sie stattdessen dort die Gruppe, unter Einstellungen: dann wird dies zuerst übergeben. Ist das Gerät endgültig weg, so ist es auch dies.} other {Gibt es {device} noch, lassen Sie es wieder beitreten, und warten Sie, bis der Ordner geschützt ist. Ist das Gerät weg, so ist es auch dies.}}}}',
  'remark.alone': 'Kein anderes Gerät hat ihn: er ist nur auf diesem Gerät, mit seinem Verlauf.',
  'remark.alone.do': 'Um ihn wieder zu teilen, treten Sie wieder einer Gruppe bei.',
  'remark.damaged':
    '{held, select, yes {{pieces, plural, one {# Stück, das dieses Gerät für andere hält, ist} other {# Stücke, die dieses Gerät für andere hält, sind}} hier beschädigt oder weg, und noch hat niemand das ersetzt} other {{pieces, plural, one {# Stück seiner Fassungen ist} other {# Stücke seiner Fassungen sind}} hier beschädigt, und auf keinem verbundenen Gerät vorhanden}}.',
  'remark.damaged.do':
    '{held, select, yes {Verbundene Geräte, die den Ordner haben, bringen es in wenigen Minuten, wenn sie es haben: eine Reparatur auf einem von ihnen zeigt es. Und prüfen Sie diese Festplatte.} other {Verbinden Sie die anderen Geräte des Ordners: was sie haben, kommt von selbst. Und prüfen Sie diese Festplatte.}}',
  'remark.closed': 'Er ist nicht geöffnet.',
  'remark.closed.do': 'Unter Ordner sehen Sie, warum.',
  'remark.failed': 'Was fehlt, konnte nicht gebracht werden: {why}',
  'remark.failed.do': 'Unter Zustand sehen Sie, was mit diesem Gerät nicht stimmt.',
  'remark.paused': 'Er ist angehalten und wurde übergangen.',
  'remark.paused.do': 'Setzen Sie ihn unter Ordner fort.',
  'remark.no-history': 'Er hat keinen Verlauf, also ist nichts davon geschützt, wie gut er auch abgeglichen ist.',
  'remark.no-history.do': 'Das wird beim Anlegen gewählt: geben Sie ihn neu frei, mit Verlauf.',

  'note.kit-closed': 'Der Satz öffnet „{folder}“ nicht: dieses Gerät kann ihn nicht lesen.',
  'note.kit-closed.do': 'Machen Sie auf einem Gerät, das ihn lesen kann, einen weiteren Satz.',
  'note.kit-no-history':
    '„{folder}“ hat keinen Verlauf und deshalb nichts auf Speichergeräten: er kommt nur zurück, wo ein Gerät bleibt, das ihn hat.',
  'note.kit-no-history.do': 'Legen Sie, was bleiben muss, in einen Ordner mit Verlauf.',
  'note.kit-alone': 'Kein anderes Gerät ist in der Gruppe: ist dieses verloren, findet der Satz nichts.',
  'note.kit-alone.do': 'Fügen Sie unter „Geräte“ eines hinzu.',
  'note.kit-no-blocks':
    'Ist dieses Gerät verloren, bringt der Satz zurück, was {devices} dann hat: kein anderes Gerät hält versiegelte Blöcke vom Rest.',
  'note.kit-no-blocks.do':
    'Damit alle Ordner aufgehoben werden, fügen Sie unter „Geräte“ ein Speichergerät hinzu, oder geben Sie der Gruppe auf einem anderen Gerät Platz.',
  'note.kit-unheard': 'Kein anderes Gerät ist verbunden, und ein Gerät lässt einen Satz erst ein, wenn es von ihm gehört hat.',
  'note.kit-unheard.do': 'Lassen Sie eines sich verbinden, bevor Sie sich auf den Satz verlassen.',
  'note.kit-away': 'In der Gruppe, aber nicht verbunden: {devices}.',
  'note.kit-away.do': 'Entfernen Sie unter Geräte, was davon endgültig weg ist.',
  'note.kit-all-left': '„{folder}“ wird nicht wiederhergestellt: alle Geräte hatten ihn verlassen.',
  'note.kit-all-left.do': 'Um ihn trotzdem zu haben, treten Sie ihm unter Ordner bei.',
  'note.kit-not-joined': '„{folder}“ wird nicht wiederhergestellt: {why}',
  'note.kit-not-joined.do': 'Treten Sie ihm unter Ordner bei.',
  'note.grace':
    'Was der Abgleich ersetzt oder löscht, verlässt die Archive jetzt {ms, plural, =0 {ohne Frist} other {nach {span}}}, nicht erst nach zehn Minuten, sobald es in den Speichern ist: was ein Programm, das eine solche Datei geöffnet hat, danach noch hineinschreibt, geht verloren.',
  'note.pledge-room':
    'Die Festplatte dieses Geräts hat jetzt Platz für {bytes} davon: ist der verbraucht, erfährt es die Gruppe und legt den Rest anderswo ab.',
  'note.pledge-held':
    'Dieses Gerät hält schon {bytes} für andere. Mehr als den gewählten Platz nimmt es nicht an, und was darüber liegt, gibt es auf, sobald andere Geräte es haben.',
  'note.space-unknown': 'der freie Platz lässt sich nicht feststellen',
  'note.space-free': '{bytes} sind frei, wo Holdfast sein Verzeichnis führt',
  'note.listens': 'erreichbar unter {addresses}',
  'note.listens-nowhere': 'für andere unter keiner Adresse erreichbar',
  'note.answers': 'antwortet',
  'note.store-well': 'soweit bekannt, ist nichts darin beschädigt',
  'note.store-damaged':
    '{blocks, plural, one {# Block ist beschädigt und noch nicht wieder da} other {# Blöcke sind beschädigt und noch nicht wieder da}}',
  'note.failed': '{why}',
}
