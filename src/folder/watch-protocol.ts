/** To the watcher's process. `again` puts all watches of a root up anew, because directories came or went. */
export type WatchRequest = { do: 'watch' | 'again'; id: number; root: string } | { do: 'unwatch'; id: number }

/** From it. Paths are relative, with `/`; `directories` are those of them that are new directories. */
export type WatchReport =
  | { is: 'watching'; id: number }
  | { is: 'failed'; id: number; message: string }
  | { is: 'changed'; id: number; paths: string[]; directories: string[] }
