import { statfsSync } from 'node:fs'

/** The disk of the home keeps so much room free of blocks: this part of it, and at most so many bytes. */
const RESERVE = { part: 0.05, bytes: 1024 ** 3 }

/** What blocks may take yet on the disk of a directory, bytes; 0 or less: nothing. */
export function roomOn(directory: string): number {
  const { bavail, blocks, bsize } = statfsSync(directory)
  return bavail * bsize - Math.min(RESERVE.bytes, blocks * bsize * RESERVE.part)
}
