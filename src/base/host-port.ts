/** `HOST:PORT`, `:PORT`, `[::1]:PORT` or `PORT`; without a host 127.0.0.1. Null where the text is none of them. */
export function hostPortOf(text: string): { host: string; port: number } | null {
  const match = /^(?:(?:\[([^\]]*)\]|([^:[\]]*)):)?(\d{1,5})$/.exec(text)
  const port = Number(match?.[3])
  if (match === null || port > 65_535) return null
  return { host: match[1] || match[2] || '127.0.0.1', port }
}
