import type { health as en } from '../en/health.ts'

export const health: Record<keyof typeof en, string> = {
  'health.title': 'Zustand',
}
