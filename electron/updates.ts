import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { app } from 'electron'

/** Looks for a newer version, and puts it in place at the next end: only where the package was made with a place to look at. */
export async function lookForUpdates(): Promise<void> {
  if (!app.isPackaged || !existsSync(join(process.resourcesPath, 'app-update.yml'))) return
  const { default: updater } = await import('electron-updater')
  await updater.autoUpdater.checkForUpdatesAndNotify().catch(() => undefined) // There is a next start.
}
