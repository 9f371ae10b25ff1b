import type { peers as en } from '../en/peers.ts'

export const peers: Record<keyof typeof en, string> = {
  'peers.title': 'Geräte',
}
