import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { app } from 'electron'

const EVERY_MS = 24 * 3_600_000

/** Looks for a newer version now and daily, and puts it in place at the next end: only where the package was made with a place to look at. */
export async function lookForUpdates(): Promise<void> {
  if (!app.isPackaged || !existsSync(join(process.resourcesPath, 'app-update.yml'))) return
  const failed = (error: unknown): void => console.error('holdfast: no newer version could be looked for:', error)
  const look = async (): Promise<void> => {
    const { default: updater } = await import('electron-updater')
    await updater.autoUpdater.checkForUpdatesAndNotify()
  }
  setInterval(() => void look().catch(failed), EVERY_MS).unref()
  await look().catch(failed)
}
