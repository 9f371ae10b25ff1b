/** A name as one word of a command line that can be typed as it stands: in quotes where a shell would take it apart. */
export function shellWord(name: string, platform: NodeJS.Platform = process.platform): string {
  if (/^[\p{L}\p{N}_@%+=:,./-]+$/u.test(name)) return name
  return platform === 'win32' ? `"${name}"` : `'${name.replaceAll("'", String.raw`'\''`)}'`
}
