import type { conflicts as en } from '../en/conflicts.ts'

export const conflicts: Record<keyof typeof en, string> = {
  'conflicts.title': 'Konflikte',
}
