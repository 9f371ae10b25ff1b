/** What somebody types after the key that opens the palette, as long as its field is not there yet: it may still be loaded. */
let typed = ''

/** Keeps a key that writes, or takes back. Returns whether it did: nothing else is to come of it then. */
export function keepTyped({
  key,
  ctrlKey,
  metaKey,
  altKey,
}: Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'altKey'>): boolean {
  if (ctrlKey || metaKey || altKey) return false
  if (key === 'Backspace') typed = typed.replace(/.$/su, '')
  else if (/^.$/su.test(key)) typed += key
  else return false
  return true
}

/** What was kept, once. */
export function takeTyped(): string {
  const taken = typed
  typed = ''
  return taken
}
