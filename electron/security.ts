import { shell, type Session, type WebContents, type WebPreferences } from 'electron'
import { isExternal, placeAt } from '../renderer/shell/addresses.ts'

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
