import { api } from '../live/api.ts'

/** Deletes a directory that nothing is in; one that something came into stays, also where that comes just now. */
export async function removeEmpty(folder: string, path: string): Promise<void> {
  const inIt = await api.list({ folder, path, limit: 1 })
  if (inIt.length === 0) await api.removeEntries({ folder, path })
}
