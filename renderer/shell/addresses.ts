export const SCHEME = 'app'
export const ORIGIN = `${SCHEME}://holdfast`
/** What `registerSchemesAsPrivileged` is called with: as https is, with `fetch` and streams, and nothing that goes around the policy. */
export const SCHEMES = [{ scheme: SCHEME, privileges: { standard: true, secure: true, supportFetchAPI: true, stream: true } }]
/** Hosts that the page has links to; there all that it may open is in the system's browser. */
const EXTERNAL_HOSTS: ReadonlySet<string> = new Set(['nodejs.org', 'www.electronjs.org'])

/** The place in the page that an address means; null for any other origin's. */
export function placeAt(address: string): string | null {
  const url = URL.parse(address)
  if (url === null || url.protocol !== `${SCHEME}:` || url.host !== 'holdfast' || url.username + url.password !== '') return null
  return `${url.pathname || '/'}${url.search}`
}

export function isExternal(address: string): boolean {
  const url = URL.parse(address)
  return url?.protocol === 'https:' && EXTERNAL_HOSTS.has(url.hostname) && url.port + url.username + url.password === ''
}
