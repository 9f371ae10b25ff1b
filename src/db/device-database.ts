import type { DeviceId, FolderId } from '#model'
import type { ActivityEvent } from './activity-events.ts'
import { Database, type Command, type Query } from './database.ts'
import type { Activity, DeviceStore, StoredFolder } from './device-store.ts'
import { deviceSchema } from './migrations/device.ts'
import { migrate } from './migrations/index.ts'
import type { Synchronous } from './promised.ts'

/** Activity items kept. */
const MAX_ACTIVITY = 10_000
/** Addresses kept of one device. */
const MAX_ADDRESSES = 16
/** `pausedUntil` of a folder that is paused until it is resumed. */
const FOREVER = -1

/** The event whose detail is the path that it was renamed from. */
const RENAMED = 'renamed'

type FolderRow = [FolderId, string, string | null, Uint8Array | null, number, string | null, number | null, number | null, number]
type ActivityRow = [number, number, string, FolderId | null, string | null, DeviceId | null, string]

/** DeviceStore over SQLite, synchronous: for a thread of its own, or for tests. */
export class SqliteDeviceStore implements Synchronous<DeviceStore> {
  readonly #db: Database
  readonly #folders: Query<FolderRow>
  readonly #putFolder: Command
  readonly #dropFolder: Command
  readonly #log: Query<[Uint8Array]>
  readonly #append: Command
  readonly #clearLog: Command
  readonly #addresses: Query<[DeviceId, string, number]>
  readonly #putAddresses: Command
  readonly #setting: Query<[string]>
  readonly #putSetting: Command
  readonly #dropSetting: Command
  readonly #addActivity: Command
  readonly #expireActivity: Command
  readonly #activity: Query<ActivityRow>

  constructor(db: Database) {
    this.#db = db
    this.#folders = db.query('SELECT id, name, path, secret, paused_until, marker, ino, dev, compared FROM folders ORDER BY id')
    this.#putFolder = db.command('INSERT OR REPLACE INTO folders VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)')
    this.#dropFolder = db.command('DELETE FROM folders WHERE id = ?')
    this.#log = db.query('SELECT operation FROM group_log ORDER BY number')
    this.#append = db.command('INSERT INTO group_log (operation) VALUES (?)')
    this.#clearLog = db.command('DELETE FROM group_log')
    this.#addresses = db.query('SELECT device, addresses, last_seen FROM addresses ORDER BY device')
    this.#putAddresses = db.command('INSERT OR REPLACE INTO addresses VALUES (?, ?, ?)')
    this.#setting = db.query('SELECT value FROM settings WHERE key = ?')
    this.#putSetting = db.command('INSERT OR REPLACE INTO settings VALUES (?, ?)')
    this.#dropSetting = db.command('DELETE FROM settings WHERE key = ?')
    this.#addActivity = db.command('INSERT INTO activity (time, event, folder, path, device, detail) VALUES (?, ?, ?, ?, ?, ?)')
    this.#expireActivity = db.command(`DELETE FROM activity WHERE number <= (SELECT max(number) FROM activity) - ${MAX_ACTIVITY}`)
    this.#activity = db.query(`SELECT number, time, event, folder, path, device, detail FROM activity
      WHERE number < ? ORDER BY number DESC LIMIT ?`)
  }

  folders(): StoredFolder[] {
    return this.#db.guard(() =>
      this.#folders.all().map(([id, name, path, secret, pausedUntil, marker, ino, dev, compared]) => ({
        id,
        name,
        path,
        secret,
        pausedUntil,
        marker: marker === null ? null : { id: marker, ino: ino ?? 0, dev: dev ?? 0 },
        compared: compared === 1,
      })),
    )
  }

  putFolder({ id, name, path, secret, pausedUntil, marker, compared }: StoredFolder): void {
    const until = pausedUntil === Infinity ? FOREVER : pausedUntil
    this.#db.transaction(() =>
      this.#putFolder(
        id,
        name,
        path,
        secret,
        until,
        marker?.id ?? null,
        marker?.ino ?? null,
        marker?.dev ?? null,
        compared ? 1 : 0,
      ),
    )
  }

  dropFolder(id: FolderId): void {
    this.#db.transaction(() => this.#dropFolder(id))
  }

  groupLog(): Uint8Array[] {
    return this.#db.guard(() => this.#log.all().map(([operation]) => operation))
  }

  appendGroupLog(operations: readonly Uint8Array[], options: { replace?: boolean } = {}): void {
    this.#db.transaction(() => {
      if (options.replace === true) this.#clearLog()
      for (const operation of operations) this.#append(operation)
    })
  }

  addresses(): { device: DeviceId; addresses: string[]; lastSeen: number }[] {
    return this.#db.guard(() =>
      this.#addresses
        .all()
        .map(([device, addresses, lastSeen]) => ({ device, addresses: JSON.parse(addresses) as string[], lastSeen })),
    )
  }

  putAddresses(device: DeviceId, addresses: readonly string[], lastSeen: number): void {
    this.#db.transaction(() => this.#putAddresses(device, JSON.stringify(addresses.slice(0, MAX_ADDRESSES)), lastSeen))
  }

  setting(key: string): string | null {
    return this.#db.guard(() => this.#setting.get(key)?.[0] ?? null)
  }

  putSetting(key: string, value: string | null): void {
    this.#db.transaction(() => (value === null ? this.#dropSetting(key) : this.#putSetting(key, value)))
  }

  addActivity(items: readonly Activity[]): void {
    this.#db.transaction(() => {
      for (const { time, event, folder, path, device, from, detail } of items)
        this.#addActivity(time, event, folder, path, device, from ?? detail)
      this.#expireActivity()
    })
  }

  activity(before: number, limit: number): (Activity & { number: number })[] {
    return this.#db.guard(() =>
      this.#activity
        .all(before === 0 ? Number.MAX_SAFE_INTEGER : before, limit)
        .map(([number, time, event, folder, path, device, detail]) => {
          const about = event === RENAMED && detail !== '' ? { from: detail, detail: '' } : { detail }
          return { number, time, event: event as ActivityEvent, folder, path, device, ...about }
        }),
    )
  }

  rest(): void {
    this.#db.rest()
  }

  close(): void {
    this.#db.guard(() => this.#db.close())
  }
}

/** Opens or creates the device's database. Throws as openFolderIndex does. */
export function openDeviceStore(file: string): SqliteDeviceStore {
  const db = new Database(file)
  try {
    migrate(db, deviceSchema)
    return db.guard(() => new SqliteDeviceStore(db))
  } catch (error) {
    db.abandon()
    throw error
  }
}
