const PREFIX = 'holdfast://join/'

/** What opens the form for a code on a device that has Holdfast; it joins by nobody's hand but a person's there. */
export function inviteLink(code: string): string {
  return `${PREFIX}${encodeURIComponent(code)}`
}

/** The code in what somebody pasted: a bare one, or a link that has one. */
export function codeOf(text: string): string {
  const typed = text.trim()
  if (!typed.toLowerCase().startsWith(PREFIX)) return typed
  const rest = typed.slice(PREFIX.length).replace(/[/?#].*$/, '')
  try {
    return decodeURIComponent(rest)
  } catch {
    return rest
  }
}
