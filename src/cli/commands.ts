import type { Command } from './command.ts'
import { activity } from './commands/activity.ts'
import { configGet, configSet } from './commands/config.ts'
import { conflicts, conflictsResolve } from './commands/conflicts.ts'
import { devices, devicesRemove } from './commands/devices.ts'
import { folderArchive } from './commands/folder-archive.ts'
import { folderCreate } from './commands/folder-create.ts'
import { folderApprove, folderReject, folderRevert, folderUnblock } from './commands/folder-decide.ts'
import { folderJoin } from './commands/folder-join.ts'
import { folderLeave } from './commands/folder-leave.ts'
import { folderList } from './commands/folder-list.ts'
import { folderPause, folderResume } from './commands/folder-pause.ts'
import { folderProblems } from './commands/folder-problems.ts'
import { folderShare } from './commands/folder-share.ts'
import { gc } from './commands/gc.ts'
import { get } from './commands/get.ts'
import { health } from './commands/health.ts'
import { invite } from './commands/invite.ts'
import { join } from './commands/join.ts'
import { leave } from './commands/leave.ts'
import { ls } from './commands/ls.ts'
import { nearby } from './commands/nearby.ts'
import { pair } from './commands/pair.ts'
import { pairingAccept, pairingList, pairingRefuse } from './commands/pairing.ts'
import { pin, unpin } from './commands/pin.ts'
import { retentionSet, retentionShow } from './commands/retention.ts'
import { recoveryExport, recoveryRestore } from './commands/recovery.ts'
import { rebalance } from './commands/rebalance.ts'
import { repair } from './commands/repair.ts'
import { put } from './commands/put.ts'
import { rm } from './commands/rm.ts'
import { scan } from './commands/scan.ts'
import { scrub } from './commands/scrub.ts'
import { serveWith, type Serve } from './commands/serve.ts'
import { snapshotCreate, snapshotDelete, snapshotList, snapshotRestore } from './commands/snapshot.ts'
import { status } from './commands/status.ts'
import { supportBundle } from './commands/support-bundle.ts'
import { version } from './commands/version.ts'
import { restore } from './commands/restore.ts'
import { versions } from './commands/versions.ts'
import { wait } from './commands/wait.ts'

/** Second names of the contract. */
export const aliases: Readonly<Record<string, string>> = { upload: 'put', download: 'get', delete: 'rm', list: 'ls' }

/** Every command, in the order of the help. */
export function commandsWith(serve: Serve): readonly Command[] {
  return [
    serveWith(serve),
    status,
    health,
    devices,
    devicesRemove,
    invite,
    join,
    nearby,
    pair,
    pairingList,
    pairingAccept,
    pairingRefuse,
    leave,
    folderCreate,
    folderList,
    folderShare,
    folderJoin,
    folderLeave,
    folderPause,
    folderResume,
    folderApprove,
    folderReject,
    folderUnblock,
    folderRevert,
    folderProblems,
    folderArchive,
    wait,
    scan,
    put,
    get,
    rm,
    ls,
    versions,
    restore,
    pin,
    unpin,
    snapshotCreate,
    snapshotList,
    snapshotRestore,
    snapshotDelete,
    retentionShow,
    retentionSet,
    scrub,
    conflicts,
    conflictsResolve,
    gc,
    rebalance,
    repair,
    recoveryExport,
    recoveryRestore,
    activity,
    configGet,
    configSet,
    supportBundle,
    version,
  ]
}
