import { api } from '../live/api.ts'
import { useLoaded } from '../live/loaded.ts'

/** A file in the user's own directory, to begin with; '' until that is known. */
export function useFileAtHome(name: string): string {
  const { value } = useLoaded('home', () => api.directory())
  if (value === null) return ''
  const separator = value.path.includes('\\') ? '\\' : '/'
  return `${value.path.replace(/[/\\]$/, '')}${separator}${name}`
}
