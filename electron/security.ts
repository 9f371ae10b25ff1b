import { shell, type Session, type WebContents, type WebPreferences } from 'electron'

export const SCHEME = 'app'
export const ORIGIN = `${SCHEME}://holdfast`
/** What `registerSchemesAsPrivileged` is called with: as https is, with `fetch` and streams, and nothing that goes around the policy. */
export const SCHEMES = [{ scheme: SCHEME, privileges: { standard: true, secure: true, supportFetchAPI: true, stream: true } }]
/** Hosts that the page has links to; there all that it may open is in the system's browser. */
const EXTERNAL_HOSTS: ReadonlySet<string> = new Set(['nodejs.org', 'www.electronjs.org'])
/** What the page may do that has to be asked for. */
const PERMITTED: ReadonlySet<string> = new Set(['clipboard-sanitized-write'])

/** Of every window, whatever else it is. */
export const webPreferences = (preload: string) =>
  ({
    preload,
    contextIsolation: true,
    sandbox: true,
    nodeIntegration: false,
    nodeIntegrationInWorker: false,
    nodeIntegrationInSubFrames: false,
    webviewTag: false,
    webSecurity: true,
    allowRunningInsecureContent: false,
    navigateOnDragDrop: false,
    spellcheck: false, // Its dictionaries would come from elsewhere.
  }) satisfies WebPreferences

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

export function openExternally(address: string): void {
  if (isExternal(address)) void shell.openExternal(new URL(address).href)
}

/** Nothing leaves the page, nothing is put into it; what it opens apart is shown in the window (`open`), or by the system's browser. */
export function guard(contents: WebContents, open: (place: string) => void): void {
  const stay = (event: { preventDefault(): void; url: string }): void => {
    if (placeAt(event.url) === null) event.preventDefault()
  }
  contents.on('will-navigate', stay)
  contents.on('will-redirect', stay)
  contents.on('will-attach-webview', (event) => event.preventDefault())
  contents.setWindowOpenHandler(({ url }) => {
    const place = placeAt(url)
    if (place === null) openExternally(url)
    else open(place)
    return { action: 'deny' }
  })
}

export function denyPermissions(session: Session): void {
  session.setPermissionRequestHandler((contents, permission, decide) =>
    decide(PERMITTED.has(permission) && placeAt(contents.getURL()) !== null),
  )
  session.setPermissionCheckHandler((_, permission, origin) => PERMITTED.has(permission) && placeAt(origin) !== null)
  session.setDevicePermissionHandler(() => false)
}
