const KEY = 'holdfast.files.folder'

/** The id of the folder that this browser has looked into last. */
export function lastFolder(): string | null {
  return localStorage.getItem(KEY)
}

export function rememberFolder(id: string): void {
  localStorage.setItem(KEY, id)
}
