import { useEffect, useState } from 'react'
import { api } from '../live/api.ts'

let asked: Promise<string> | null = null

/** The user's own directory on the daemon's computer; null until that is known. Asked for once. */
export function useHomeDirectory(): string | null {
  const [home, setHome] = useState<string | null>(null)
  useEffect(() => {
    let isShown = true
    asked ??= api.directory().then(({ path }) => path)
    asked.then(
      (path) => {
        if (isShown) setHome(path)
      },
      () => (asked = null),
    )
    return () => {
      isShown = false
    }
  }, [])
  return home
}

/** A name in a directory, as that computer writes paths. */
export function pathIn(directory: string, name: string): string {
  const separator = directory.includes('\\') ? '\\' : '/'
  return directory.endsWith(separator) ? `${directory}${name}` : `${directory}${separator}${name}`
}
