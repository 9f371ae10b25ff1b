/** To the watcher's process. To `watch` a root that is watched puts all its watches up anew, because directories came or went. */
export type WatchRequest = { do: 'watch'; id: number; root: string } | { do: 'unwatch'; id: number }

/**
 * From it. Paths are relative, with `/`; `directories` are those of them that are new directories, and
 * `areGone` says that nothing was told of any but its end. A process that is `worn` has watches left that it cannot take down, and
 * is of no use for new ones.
 */
export type WatchReport =
  | { is: 'watching'; id: number }
  | { is: 'failed'; id: number; message: string }
  | { is: 'worn' }
  | { is: 'changed'; id: number; paths: string[]; directories: string[]; areGone: boolean }
