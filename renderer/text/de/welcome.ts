import type { welcome as en } from '../en/welcome.ts'

export const welcome: Record<keyof typeof en, string> = {
  'welcome.title': 'Willkommen bei Holdfast',
}
