import type { FolderStatus } from '#api/contract'
import { folderStatus, OTHER, type MemoryBackend } from '../api/memory-backend.ts'

export const PHOTOS = 'a'.repeat(26)
export const MUSIC = 'e'.repeat(26)

/** Makes it a device that was just installed: alone, and without folders. */
export function firstStart(backend: MemoryBackend): void {
  backend.folderList = []
  backend.peerList = []
  backend.deviceList = backend.deviceList.filter(({ device }) => device !== OTHER)
  backend.activityList = []
  backend.problemList = []
  backend.conflicts = () => Promise.resolve([])
}

/** Another device is in its group from now on, and has that part of what is here. */
export function paired(backend: MemoryBackend, syncedPercent: number | null): void {
  const [own] = backend.deviceList
  backend.deviceList = [own!, { ...own!, device: OTHER, name: 'kitchen' }]
  const address = '/ip4/192.0.2.4/tcp/4001'
  backend.peerList = [{ device: OTHER, name: 'kitchen', connected: true, address, rttMs: 1.2, syncedPercent, obstacle: null }]
  backend.announce({ event: 'resync', data: {} })
}

/** The folder `photos` stands like that. */
export function photosAre(backend: MemoryBackend, more: Partial<FolderStatus>): void {
  const data = folderStatus('photos', PHOTOS, more)
  backend.folderList = [...backend.folderList.filter(({ id }) => id !== PHOTOS), data]
  backend.announce({ event: 'folder', data })
}
