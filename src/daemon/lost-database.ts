import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Logger } from '#base'

/**
 * Says so when a home has its identity but no device database: folders, group and addresses are then unknown here, and the device
 * would start as a new one without a word. To be called before the databases are opened.
 */
export function warnOfLostDatabase(home: string, logger: Logger, say: (text: string) => void): void {
  const database = join(home, 'index', 'device.db')
  if (existsSync(database) || !existsSync(join(home, 'identity.json'))) return
  logger.warn({ database }, 'the device database is missing: this device starts without its folders and its group')
  say(
    `holdfast: ${database} is missing, so this device has forgotten its folders and its group; files are where they were.\n` +
      `  If it was moved or there is a copy, stop Holdfast and put it back. Otherwise remove this device from the group on another one\n` +
      `  (holdfast devices remove DEVICE), join again (holdfast join CODE), and take part in each folder at its old place\n` +
      `  (holdfast folder join FOLDER PATH).\n`,
  )
}
