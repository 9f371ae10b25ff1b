/** What the daemon says by a code: states, remarks, problems and events. */
export const words = {
  'reason.paused': '{until, select, none {Paused by you.} other {Paused by you until {until}.}}',
  'reason.deletions-held':
    '{entries, plural, one {# entry} other {# entries}} vanished here at once{before, plural, =0 {} other {, with # more that went before}}. Delete everywhere, or bring them back?',
  'reason.scanning': 'Looking at the files on this device.',
  'reason.no-role':
    'Not synced: this device has no access to the folder, and gets and sends nothing{edits, plural, =0 {} one {; # local edit stays here} other {; # local edits stay here}}.',
  'reason.receiving-index': 'Receiving the index: {records, plural, one {# record} other {# records}} to come.',
  'reason.waiting-for-device': 'Waiting for another device to compare with.',
  'reason.no-device':
    '{removedBy, select, none {{entries, plural, one {# entry} other {# entries}} to fetch, but no device of this folder is connected.} other {{entries, plural, one {# entry is missing here, and nobody brings it} other {# entries are missing here, and nobody brings them}} until this device joins again: {removedBy} removed it from the group.}}',
  'reason.put-off': '{entries, plural, one {# entry} other {# entries}} cannot be brought here now.',
  'reason.fetching':
    '{entries, plural, =0 {At work on what has come from other devices.} one {Bringing # entry here.} other {Bringing # entries here.}}',
  'reason.vanishing':
    '{entries, plural, one {# entry has} other {# entries have}} vanished here; other devices hear of it once no more are vanishing.',
  'reason.problems': 'Up to date but for {entries, plural, one {# entry} other {# entries}} with a problem{elsewhere}.',
  'reason.local-edits': '{edits, plural, one {# local edit stays} other {# local edits stay}} on this device{elsewhere}.',
  'reason.send-only':
    'This device only sends: {changes, plural, one {# change by others is} other {# changes by others are}} not taken in{elsewhere}.',
  'reason.alone':
    '{removedBy, select, none {{online, select, yes {Online-only, and no other device is connected: only what was opened lately can be read.} other {Up to date; no other device is connected.}}} other {{online, select, yes {Online-only, and synced with nobody} other {Up to date, but synced with nobody}}: {removedBy} removed this device from its group.}}',
  'reason.waits-elsewhere': 'Up to date here{elsewhere}.',
  'reason.to-come-elsewhere': 'Up to date here; {device} lacks {entries, plural, one {# entry} other {# entries}} yet.',
  'reason.online-only': 'Online-only: files are fetched when they are opened.',
  'reason.up-to-date': 'Up to date.',
  'reason.offered': 'Another of your devices shares it; join it to have it here.',
  'reason.root-missing': 'Its directory is not there. Connect its disk, or bring the directory back.',
  'reason.root-no-directory':
    'Something else is in the place of its directory. Move that away, and bring the directory back; then it goes on by itself.',
  'reason.root-replaced': 'Another directory is in its place: nothing is done before somebody says what is to count.',
  'reason.root-unreadable': 'Its directory cannot be read. Let this user read it.',
  'reason.marker-missing': 'The mark of Holdfast is gone from its directory: it may be an empty or another disk.',
  'reason.marker-damaged': 'The mark of Holdfast in its directory is damaged.',
  'reason.marker-changed': 'The mark of Holdfast in its directory is that of another folder.',
  'reason.elsewhere':
    '; {hindered}{others, plural, =0 {} one {; # other device takes no part now either} other {; # other devices take no part now either}}',
  'reason.hindered':
    'on {device} {hindrance, select, held {many entries vanished at once and wait there for a decision} blocked {the folder is blocked, for a reason that is shown there} error {the folder cannot go on, for a reason that is shown there} paused {the folder is paused} other {the folder waits for somebody}}',

  'remark.lost':
    'The content of {versions, plural, one {# version that was kept} other {# versions that were kept}} {alone, select, yes {is not on this device, which is alone in its group} other {is on no device of the group any more}}.',
  'remark.degraded':
    '{copies, plural, =0 {No device can hold its versions} one {Only # device can hold its versions} other {Only # devices can hold its versions}}, where {wanted, plural, one {# is} other {# are}} wanted.',
  'remark.unheld': 'No device of this group has it on a disk: of its content only what was opened here lately can be read.',
  'remark.full':
    'Not all of its versions are kept by {device}: its pledge, or its disk, is full. From the first that it lacks on, none counts as protected, wherever else it is.',
  'remark.refused': 'Not all of its versions are kept by {device}: it does not take them from this device.',
  'remark.lies': 'Not all of its versions are kept by {device}: it does not have all that it says it has.',
  'remark.out-of-reach':
    '{kind, select, files {{files, plural, one {# file} other {# files}}} older {{older, plural, one {# older version} other {# older versions}}} other {{files, plural, one {# file} other {# files}} and {older, plural, one {# older version} other {# older versions}}}}: {said, select, yes {only on {devices}, not connected now.} other {on no device that is connected; perhaps on {devices}.}}',
  'remark.deleted-apart':
    '{entries, plural, one {# entry that was here was} other {# entries that were here were}} deleted by {devices}, as it seems before they were in one group with this device, or were again. What no other device had of that can be restored here.',
  'remark.devices': 'See your devices',
  'remark.files': 'See which files',
  'remark.history': 'Look into the history',
  'remark.connect': 'Connect {devices}.',

  'problem.lost':
    'The content of {versions, plural, one {# version of it} other {# versions of it}} {alone, select, yes {is not on this device, which is alone in its group} other {is on no device of the group any more}}.',
  'problem.lies': '{device} does not have all of the versions that it says it has; none of what it says counts as protected.',
  'problem.unreadable.do': 'Give the user that Holdfast runs as the right to read it.',
  'problem.changing.do': 'Nothing is to be done: it is looked at again as soon as it comes to rest.',
  'problem.changing.do.held': 'Decide first on what vanished: delete it everywhere, or bring it back.',
  'problem.name.do': 'Give it another name.',
  'problem.twin.do': 'Rename one of the two on a device that has both.',
  'problem.full.do': 'Free some space on that disk; it is tried again by itself.',
  'problem.missing-chunks.do':
    'Start a device that has it: it comes as soon as one is connected. Where none is left, delete it under Files, or restore an earlier version from its history.',
  'problem.local-edit.do': 'Undo the local edits to take what the others have instead; yours go to the archive.',
  'problem.local-edit.do.role':
    'On a device that sends and receives, give this one another role in the folder: one that sends lets its edits go out; one that receives lets you undo them here.',
  'problem.not-empty.do': 'Move or delete what is in the directory, ignored files too.',
  'problem.denied.do': 'Close the program that has it open, or give the user that Holdfast runs as the right to write there.',
  'problem.too-large.do': 'Save the file again on the device that it came from.',
  'problem.io.do': 'Check the disk and its connection; it is tried again by itself.',
  'problem.device-boundary.do': 'Share what is on that disk as a folder of its own.',
  'problem.ignore-rules.do': 'Write one pattern a line, in the syntax of .gitignore, as UTF-8 text.',
  'problem.special.do': 'Nothing is to be done; a rule that ignores it keeps it from being listed.',
  'problem.lost.do':
    'Bring back the disk or the device that had it: it is kept again by itself then. To give it up for good, on the command line: <code>holdfast gc --lost</code>',
  'problem.lies.do': 'Check the disk of that device, there, under Health: <em>Scrub now</em>. It is asked again by itself.',
  'problem.out-of-reach.do': 'Connect the devices that have it. If they are gone for good, remove them under Devices.',

  'why.synced':
    '{online, select, yes {It is not on this disk, as the folder is online-only here: it is fetched when it is opened.} other {{others, plural, =0 {It is on this device; no other device has the folder.} other {{sure, select, yes {It is the same on all devices of the folder.} other {It is the same on all devices, as far as is known here.}}}}}}',
  'why.to-come':
    '{role, select, no {What others change does not come to this device, by its role in the folder.} other {{number, plural, =0 {It is still to come to this device.} other {It is on its way here from {devices}.}}}}',
  'why.to-come-elsewhere':
    '{kind, select, hindered {It is here, and {devices} may not have it: {hindered}.} lacks {It is here; {devices} still lacks something of the folder, and this may be it.} other {It is here, and on its way to {devices}.}}',
  'why.away':
    '{kind, select, here {It is here; {number, plural, one {{devices} has not been connected since it changed, and gets it once it is.} other {{devices} have not been connected since it changed, and get it once they are.}}} other {It is {said, select, yes {only on {devices}, not connected now.} other {on no device that is connected; perhaps on {devices}.}}}}',
  'why.ignored': 'It is ignored on this device: it stays as it is, and what others do to it does not come.',
  'why.unknown': 'Nothing is known of it in this folder.',
  'why.conflict': 'There are several versions of it beside each other: another one, by {by}, shows as {with}.',
  'why.deleted': 'It was deleted by {by} on {time}.',
  'why.paused':
    '{until, select, none {Paused by you.} other {Paused by you until {until}.}} What changes meanwhile is neither sent nor fetched.',
  'why.ignored.do': 'To have it synced, change the rule that it fits.',
  'why.unknown.do': 'What was made a moment ago is known once it was looked at.',
  'why.conflict.do': 'Choose which version is to stay.',
  'why.deleted.do': 'It can be restored from its history.',
  'why.paused.do': 'It goes on once the folder is resumed.',

  'hint.command': 'On the command line:',

  'event.added': 'added',
  'event.changed': 'changed',
  'event.deleted': 'deleted',
  'event.received': 'received',
  'event.renamed': 'renamed',
  'event.kept': 'kept',
  'event.conflict': 'conflict',
  'event.blocked': 'blocked',
  'event.held': 'held',
  'event.lost': 'lost',
  'event.misbehaved': 'misbehaved',
  'event.given-up': 'given up',
  'event.paired': 'paired',
  'event.joined': 'joined',
  'event.left': 'left',
  'event.removed': 'removed',
  'event.made': 'made',
} as const
