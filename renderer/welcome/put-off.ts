const KEY = 'holdfast.welcome'

/** Did somebody say that they want to be led no further? Kept in this browser. */
export function isPutOff(): boolean {
  return localStorage.getItem(KEY) === 'off'
}

export function putOff(): void {
  localStorage.setItem(KEY, 'off')
}
