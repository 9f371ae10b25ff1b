export const notes = {
  'unkept.away':
    '{own, select, yes {{versions, plural, one {# version is} other {# versions are}} not kept by this device yet} other {{versions, plural, one {# version is} other {Up to # versions are}} not kept by {device} yet, which is not connected}}.',
  'unkept.silent':
    '{versions, plural, one {# version is} other {Up to # versions are}} not kept by {device} yet, as far as it has said.',
  'unkept.nowhere':
    '{own, select, yes {{versions, plural, one {# version is} other {# versions are}} not kept by this device yet} other {{versions, plural, one {# version is} other {Up to # versions are}} not kept by {device} yet}}: no device that is connected has all of that content.',
  'unkept.full':
    '{versions, plural, one {# version is} other {Up to # versions are}} not kept by {device} yet: its room for others, or its disk, is full.',
  'unkept.refused':
    '{versions, plural, one {# version is} other {Up to # versions are}} not kept by {device} yet: it takes nothing of that from this device.',
  'unkept.lies':
    '{versions, plural, one {# version is} other {Up to # versions are}} not kept by {device} yet, and it does not have all that it says it has.',
  'unkept.away.do': 'Start {device}: it gets what it lacks by itself. If it is gone for good, remove it under Peers.',
  'unkept.silent.do': 'See on {device} how it stands.',
  'unkept.nowhere.do': 'Connect the other devices of the folder: what they have comes by itself.',
  'unkept.full.do': 'Give the group more room on {device}, under Settings there, or on another device that has room.',
  'unkept.refused.do': 'See on {device}, under Peers, whether this device is in its group still.',
  'unkept.lies.do': 'Check the disk of {device}, there, under Health: Check now.',

  'remark.only-copy':
    'The content of {most, select, yes {up to } other {}}{versions, plural, one {# version} other {# versions}} is {own, select, yes {on this device alone} other {on {device} alone}}, as far as the other devices have said: of {paths}{more, plural, =0 {} other { and # more}}.',
  'remark.only-copy.do':
    '{own, select, yes {It stays here. To give it to the others, join their group again with a new code, and wait until the folder is protected.} other {{removal, select, yes {Start {device}, and leave the group there instead, under Settings: that hands this over first. Where it is gone for good, so is this.} other {Where {device} is there still, let it join again, and wait until the folder is protected. Where it is gone, so is this.}}}}',
  'remark.alone': 'No other device has it: it is on this device alone, with its history.',
  'remark.alone.do': 'To share it anew, join a group again.',
  'remark.damaged':
    '{held, select, yes {{pieces, plural, one {# piece that this device holds for others is} other {# pieces that this device holds for others are}} damaged or gone here, and nobody has brought that again yet} other {{pieces, plural, one {# piece of its versions is} other {# pieces of its versions are}} damaged here, and no device that is connected has that}}.',
  'remark.damaged.do':
    '{held, select, yes {Devices that have the folder and are connected bring it within minutes, if they have it: a repair on one of them tells. And check this disk.} other {Connect the other devices of the folder: what they have comes by itself. And check this disk.}}',
  'remark.closed': 'It is not open.',
  'remark.closed.do': 'Under Folders you see why.',
  'remark.failed': 'What is lacking could not be brought: {why}',
  'remark.failed.do': 'Under Health you see what is wrong with this device.',
  'remark.paused': 'It is paused, and was passed over.',
  'remark.paused.do': 'Resume it under Folders.',
  'remark.no-history': 'It keeps no history, so none of it is protected, however well it is synced.',
  'remark.no-history.do': 'That is chosen when a folder is made: share it anew, with history.',

  'note.kit-closed': 'The kit does not open “{folder}”: this device cannot read it.',
  'note.kit-closed.do': 'Make another kit on a device that can.',
  'note.kit-no-history':
    '“{folder}” keeps no history, and so nothing on storage devices: it comes back only where a device that has it is left.',
  'note.kit-no-history.do': 'Put what has to survive into a folder with history.',
  'note.kit-alone': 'No other device is in the group: with this one gone a kit finds nothing.',
  'note.kit-alone.do': 'Add one under Devices.',
  'note.kit-no-blocks':
    'With this device gone the kit brings back what {devices} then has: no other device keeps sealed blocks of the rest.',
  'note.kit-no-blocks.do':
    'To have all folders kept, add a storage device under Devices, or give the group room on another device.',
  'note.kit-unheard': 'No other device is connected, and a device lets a kit in only when it has heard of it.',
  'note.kit-unheard.do': 'Let one connect before you rely on the kit.',
  'note.kit-away': 'In the group, and not connected: {devices}.',
  'note.kit-away.do': 'Remove those under Peers that are gone for good.',
  'note.kit-all-left': '“{folder}” is not restored: all devices had left it.',
  'note.kit-all-left.do': 'To have it all the same, join it under Folders.',
  'note.kit-not-joined': '“{folder}” is not restored: {why}',
  'note.kit-not-joined.do': 'Join it under Folders.',
  'note.grace':
    'What sync replaces or deletes leaves the archives {ms, plural, =0 {at once} other {after {span}}} now, not after ten minutes, once the stores have it: what a program that has such a file open writes into it later than that is lost.',
  'note.pledge-room':
    'The disk of this device has room for {bytes} of that as it is now: once that is used up the group hears so, and places the rest elsewhere.',
  'note.pledge-held':
    'This device holds {bytes} for others already. It takes no more than you have given, and gives up of what is beyond it what other devices hold by then.',
  'note.space-unknown': 'the free space cannot be told',
  'note.space-free': '{bytes} free where Holdfast keeps its index',
  'note.listens': 'listens at {addresses}',
  'note.listens-nowhere': 'it listens nowhere',
  'note.answers': 'answers',
  'note.store-well': 'nothing in it is known to be damaged',
  'note.store-damaged': '{blocks, plural, one {# block is} other {# blocks are}} damaged, and not had anew yet',
  'note.failed': '{why}',
} as const
