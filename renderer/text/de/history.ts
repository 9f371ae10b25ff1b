import type { history as en } from '../en/history.ts'

export const history: Record<keyof typeof en, string> = {
  'history.title': 'Verlauf',
}
