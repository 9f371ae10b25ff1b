import type { Activity } from '#api/contract'
import { folderStatus, OTHER, THIS, type MemoryBackend } from '../api/memory-backend.ts'

const HOUR_MS = 3_600_000

/** A device that has run for a while: figures of the last hour, three folders of which one needs somebody, and what happened. */
export function withHealth(backend: MemoryBackend): void {
  const ago = (hours: number): string => new Date(Date.now() - hours * HOUR_MS).toISOString()
  backend.metricHistory = async ({ span }) => {
    const steps = span === '1h' ? 60 : 96
    const hours = { '1h': 1, '24h': 24, '30d': 720 }[span]
    const times = Array.from({ length: steps }, (_, at) => ago((hours * (steps - at)) / steps))
    const of = (figure: (at: number) => number) => times.map((_, at) => (at < 6 ? null : figure(at)))
    return {
      times,
      stepSeconds: (hours * 3_600) / steps,
      receiveBytesPerSecond: of((at) => (at % 20 < 8 ? 2.5e6 + 1e5 * (at % 8) : 0)),
      sendBytesPerSecond: of((at) => (at % 15 < 5 ? 8e5 : 1e4)),
      storeBytes: of((at) => 8e8 + at * 2e6),
      protectedPercent: of((at) => Math.min(100, 88 + at / 4)),
    }
  }
  backend.space = async () => [
    {
      folder: 'photos',
      liveBytes: 5e9,
      versionBytes: 2e9,
      storedBytes: 6.1e9,
      archiveBytes: 1.2e7,
      volumeBytes: 5e11,
      freeBytes: 1.2e11,
    },
    {
      folder: 'letters',
      liveBytes: 3e8,
      versionBytes: 2.4e9,
      storedBytes: 4e8,
      archiveBytes: 0,
      volumeBytes: 5e11,
      freeBytes: 1.2e11,
    },
    {
      folder: 'videos',
      liveBytes: 1e9,
      versionBytes: 0,
      storedBytes: 1.1e9,
      archiveBytes: 0,
      volumeBytes: 5e11,
      freeBytes: 1.2e11,
    },
  ]
  backend.upkeep = async () => ({ scrubbed: ago(75), swept: ago(3), snapshot: null, volumeBytes: 5e11, freeBytes: 1.2e11 })
  backend.folderList = [
    folderStatus('photos', 'a'.repeat(26), { protectedPercent: 97.4, copies: 3, wantedCopies: 3, problems: 2, conflicts: 1 }),
    folderStatus('letters', 'e'.repeat(26), {
      ...{ protectedPercent: 100, copies: 2, wantedCopies: 3, state: 'held', reasonCode: 'deletions-held', heldEntries: 40 },
      reason: '40 entries vanished here at once. Approve to delete them everywhere, or reject to bring them back.',
    }),
    folderStatus('videos', 'i'.repeat(26), {}),
  ]
  const kinds: [string, string | null, string | null, string | null, string][] = [
    ['paired', null, null, OTHER, ''],
    ['added', 'photos', 'summer/img-1.jpg', OTHER, ''],
    ['added', 'photos', 'summer/img-2.jpg', OTHER, ''],
    ['changed', 'letters', 'rent.odt', THIS, ''],
    ['conflict', 'photos', 'notes.txt', OTHER, ''],
    ['held', 'letters', null, null, '40 entries vanished at once'],
    ['deleted', 'videos', 'old.mkv', OTHER, ''],
  ]
  backend.activityList = kinds.map(([event, folder, path, device, detail], at): Activity => ({
    ...{ number: at + 1, time: ago(kinds.length - at), event, folder, path, from: null, device, detail },
    by: device === null ? null : device === THIS ? 'desk' : 'kitchen',
  }))
}
