export type { Dir, FileKind, Filesystem, FileStat, OpenFile, OpenMode, Survey } from './filesystem.ts'
export { kindOf, TYPE_DIRECTORY, TYPE_FILE, TYPE_SYMLINK } from './filesystem.ts'
export type {
  ArchiveEntry,
  Dropped,
  DropRequest,
  Expected,
  FolderDisk,
  HashRequest,
  HashResult,
  Keeping,
  ReadPiece,
  RootHealth,
  RootIdentity,
  RootMark,
  ScanProblem,
  ScanRequest,
  ScanResult,
  StageFile,
  StageResult,
  StageWrite,
  Step,
  StepResult,
} from './folder-disk.ts'
export { UNSETTLED } from './expected.ts'
export { MARKER } from './marker.ts'
export { asFarAsHeld, NodeFilesystem } from './node-filesystem.ts'
export { openDiskPool, PooledDisk } from './pooled-disk.ts'
export type { DiskPoolOptions, PooledDiskOptions } from './pooled-disk.ts'
export { TreeDisk } from './tree-disk.ts'
export type { TreeDiskComponents, TreeDiskOptions } from './tree-disk.ts'
export { FolderWatcher, openWatcher } from './watch.ts'
export type { FolderWatcherComponents, OnHint } from './watch.ts'
export type { RulesCompared } from './compare-rules.ts'
export { IGNORE_FILE, ignoreFaults } from './ignore-rules.ts'
