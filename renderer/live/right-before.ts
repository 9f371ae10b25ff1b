import { api } from './api.ts'

/**
 * When all at a path and below ('' = everywhere) is still as it is now; null where a device's clock is ahead, so that no time tells before
 * from after.
 */
export async function rightBefore(folder: string, path: string): Promise<string | null> {
  const { changes } = await api.timeline({ folder, path, limit: 1 })
  const now = Date.now() - 1
  return changes.some(({ time }) => Date.parse(time) > now) ? null : new Date(now).toISOString()
}
