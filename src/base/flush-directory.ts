import { closeSync, fsyncSync, openSync } from 'node:fs'

/** A name is durable when its directory is. Windows can flush no directory, and needs not. */
export function flushDirectory(directory: string): void {
  if (process.platform === 'win32') return
  const descriptor = openSync(directory, 'r')
  try {
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}
