/** To the watcher's process. To `watch` a root that is watched puts all its watches up anew. */
export type WatchRequest = { do: 'watch'; id: number; root: string } | { do: 'unwatch'; id: number }

/**
 * From it. A root is `away` while no directory is at its path. It is `altered` when another directory is there than before, or one
 * with another marker or none, when it is gone, and when it is back: what is watched then is to be asked for anew.
 *
 * Paths are relative, with `/`; `directories` are those of them that are new directories, and
 * `areGone` says that nothing was told of any but its end. A process that is `worn` has watches left that it cannot take down, and
 * is of no use for new ones.
 */
export type WatchReport =
  | { is: 'watching'; id: number }
  | { is: 'away'; id: number }
  | { is: 'altered'; id: number }
  | { is: 'failed'; id: number; message: string }
  | { is: 'worn' }
  | { is: 'changed'; id: number; paths: string[]; directories: string[]; areGone: boolean }
