import { EventEmitter } from 'node:events'
import type * as Electron from 'electron'

// What the shell uses of Electron, so that it runs where there is none; what it was told is kept to look at. The compiler holds each part
// against Electron's own types.

interface Told {
  sandboxed: boolean
  quits: number
  privileges: Electron.CustomScheme[]
  protocolClients: string[]
  applicationMenu: Electron.Menu | null
  opened: string[]
  revealed: string[]
  dragged: Electron.Item[]
  loginItem: boolean
  wasOpenedAtLogin: boolean
  exits: number[]
  errors: string[]
  /** What was asked, each with what answers it: with the number of a button. */
  asked: [message: string, answer: (button: number) => void][]
  picked: string[]
  notices: Notification[]
  windows: BrowserWindow[]
  trays: Tray[]
  schemes: Map<string, (request: Request) => Response | Promise<Response>>
  channels: Map<string, (event: Electron.IpcMainInvokeEvent, input: unknown) => unknown>
  userData: string
}

const clean = (): Told => ({
  sandboxed: false,
  quits: 0,
  privileges: [],
  protocolClients: [],
  applicationMenu: null,
  opened: [],
  revealed: [],
  dragged: [],
  loginItem: false,
  wasOpenedAtLogin: false,
  exits: [],
  errors: [],
  asked: [],
  picked: [],
  notices: [],
  windows: [],
  trays: [],
  schemes: new Map(),
  channels: new Map(),
  userData: '',
})

export let told: Told = clean()

/** As at the start of a program; `userData`: a directory for what it keeps, `first`: no other one runs. */
export function begin({ userData, first = true }: { userData: string; first?: boolean }): void {
  told = { ...clean(), userData }
  isFirst = first
  Object.assign(process, { resourcesPath: userData })
  app.removeAllListeners()
  powerMonitor.removeAllListeners()
}

let isFirst = true

class FakeApp
  extends EventEmitter
  implements
    Pick<
      Electron.App,
      | 'enableSandbox'
      | 'requestSingleInstanceLock'
      | 'quit'
      | 'exit'
      | 'isPackaged'
      | 'setAsDefaultProtocolClient'
      | 'setAppUserModelId'
      | 'whenReady'
      | 'getPreferredSystemLanguages'
      | 'getPath'
      | 'getAppPath'
      | 'setLoginItemSettings'
    >
{
  isPackaged = true
  enableSandbox = (): void => void (told.sandboxed = true)
  requestSingleInstanceLock = (): boolean => isFirst
  setAsDefaultProtocolClient = (name: string): boolean => told.protocolClients.push(name) > 0
  setAppUserModelId = (): void => undefined
  whenReady = (): Promise<void> => Promise.resolve()
  getPreferredSystemLanguages = (): string[] => ['en-GB']
  getPath = (): string => told.userData
  getAppPath = (): string => told.userData
  getLoginItemSettings = () => ({ openAtLogin: told.loginItem, wasOpenedAtLogin: told.wasOpenedAtLogin })
  exit = (code = 0): void => void told.exits.push(code)
  setLoginItemSettings = ({ openAtLogin = false }: Electron.Settings): void => void (told.loginItem = openAtLogin)
  /** As Electron does: asked first, gone then. */
  quit = (): void => {
    let isPrevented = false
    this.emit('before-quit', { preventDefault: () => (isPrevented = true) })
    if (isPrevented) return
    told.quits++
    for (const window of told.windows) window.close()
    this.emit('quit')
  }
}

export const app = new FakeApp()
export const powerMonitor = new EventEmitter()

class FakeContents
  extends EventEmitter
  implements
    Pick<Electron.WebContents, 'send' | 'setWindowOpenHandler' | 'isLoading' | 'startDrag' | 'getURL' | 'reload' | 'isDestroyed'>
{
  loaded = ''
  loading = false
  readonly sent: [channel: string, ...args: unknown[]][] = []
  openWindow: Parameters<Electron.WebContents['setWindowOpenHandler']>[0] = () => ({ action: 'allow' })
  send = (channel: string, ...args: unknown[]): void => void this.sent.push([channel, ...args])
  setWindowOpenHandler = (handler: typeof this.openWindow): void => void (this.openWindow = handler)
  reloads = 0
  reload = (): void => void this.reloads++
  isDestroyed = (): boolean => false
  isLoading = (): boolean => this.loading
  getURL = (): string => this.loaded
  startDrag = (item: Electron.Item): void => void told.dragged.push(item)
}

export class BrowserWindow
  extends EventEmitter
  implements
    Pick<
      Electron.BrowserWindow,
      | 'show'
      | 'hide'
      | 'focus'
      | 'close'
      | 'restore'
      | 'isVisible'
      | 'isMinimized'
      | 'setPosition'
      | 'getNormalBounds'
      | 'loadURL'
    >
{
  readonly webContents = new FakeContents()
  readonly options: Electron.BrowserWindowConstructorOptions
  visible = false
  minimized = false
  at: [x: number, y: number] = [0, 0]

  constructor(options: Electron.BrowserWindowConstructorOptions) {
    super()
    this.options = options
    told.windows.push(this)
    app.emit('web-contents-created', {}, this.webContents)
  }

  show = (): void => void (this.visible = true)
  focus = (): void => undefined
  restore = (): void => void (this.minimized = false)
  isVisible = (): boolean => this.visible
  isMinimized = (): boolean => this.minimized
  setPosition = (x: number, y: number): void => void (this.at = [x, y])
  getNormalBounds = () => ({ x: 5, y: 6, width: 700, height: 800 })
  loadURL = async (url: string): Promise<void> => void (this.webContents.loaded = url)
  hide = (): void => {
    this.visible = false
    this.emit('hide')
  }
  close = (): void => {
    let isPrevented = false
    this.emit('close', { preventDefault: () => (isPrevented = true) })
    if (!isPrevented) this.emit('closed')
  }
}

export class Tray
  extends EventEmitter
  implements Pick<Electron.Tray, 'setImage' | 'setToolTip' | 'setContextMenu' | 'popUpContextMenu'>
{
  image: string
  tip = ''
  readonly menus: Electron.Menu[] = []

  constructor(image: Electron.NativeImage) {
    super()
    this.image = pathOf(image)
    told.trays.push(this)
  }

  setImage = (image: Electron.NativeImage | string): void => void (this.image = typeof image === 'string' ? image : pathOf(image))
  setToolTip = (tip: string): void => void (this.tip = tip)
  setContextMenu = (menu: Electron.Menu | null): void => void (menu !== null && this.menus.push(menu))
  popUpContextMenu = (menu?: Electron.Menu): void => void (menu !== undefined && this.menus.push(menu))
}

/** An image is its path here. */
const pathOf = (image: Electron.NativeImage): string => image as unknown as string
export const nativeImage = { createFromPath: (path: string) => path as unknown as Electron.NativeImage } satisfies Pick<
  typeof Electron.nativeImage,
  'createFromPath'
>

/** A menu is its template here. */
export const Menu = {
  buildFromTemplate: (template: Electron.MenuItemConstructorOptions[]) => template as unknown as Electron.Menu,
  setApplicationMenu: (menu: Electron.Menu | null): void => void (told.applicationMenu = menu),
} satisfies Pick<typeof Electron.Menu, 'buildFromTemplate' | 'setApplicationMenu'>

export class Notification extends EventEmitter implements Pick<Electron.Notification, 'title' | 'body' | 'show'> {
  readonly title: string
  readonly body: string

  constructor({ title = '', body = '' }: Electron.NotificationConstructorOptions = {}) {
    super()
    this.title = title
    this.body = body
  }

  show = (): void => void told.notices.push(this)
}

export const protocol = {
  registerSchemesAsPrivileged: (schemes: Electron.CustomScheme[]): void => void told.privileges.push(...schemes),
  handle: (scheme: string, handler: (request: Request) => Response | Promise<Response>): void =>
    void told.schemes.set(scheme, handler),
} satisfies Pick<Electron.Protocol, 'registerSchemesAsPrivileged' | 'handle'>

type Handlers = {
  [Name in 'setPermissionRequestHandler' | 'setPermissionCheckHandler' | 'setDevicePermissionHandler']: Parameters<
    Electron.Session[Name]
  >[0]
}
export const handlers: Handlers = {
  setPermissionRequestHandler: null,
  setPermissionCheckHandler: null,
  setDevicePermissionHandler: null,
}
export const session = {
  defaultSession: {
    setPermissionRequestHandler: (handler: Handlers['setPermissionRequestHandler']): void =>
      void (handlers.setPermissionRequestHandler = handler),
    setPermissionCheckHandler: (handler: Handlers['setPermissionCheckHandler']): void =>
      void (handlers.setPermissionCheckHandler = handler),
    setDevicePermissionHandler: (handler: Handlers['setDevicePermissionHandler']): void =>
      void (handlers.setDevicePermissionHandler = handler),
  } satisfies Pick<Electron.Session, keyof Handlers>,
}

export const screen = {
  getDisplayMatching: () => ({ workArea: { x: 0, y: 0, width: 1920, height: 1040 } }) as Electron.Display,
} satisfies Pick<Electron.Screen, 'getDisplayMatching'>

export const dialog = {
  showOpenDialog: async () => ({ canceled: told.picked.length === 0, filePaths: told.picked }),
  showErrorBox: (title: string, content: string): void => void told.errors.push(`${title}: ${content}`),
  showMessageBox: async ({ message }: Electron.MessageBoxOptions): Promise<Electron.MessageBoxReturnValue> => {
    const response = await new Promise<number>((answer) => told.asked.push([message, answer]))
    return { response, checkboxChecked: false }
  },
} satisfies Pick<Electron.Dialog, 'showOpenDialog' | 'showErrorBox'> & {
  showMessageBox: (options: Electron.MessageBoxOptions) => Promise<Electron.MessageBoxReturnValue>
}

export const shell = {
  openExternal: async (url: string): Promise<void> => void told.opened.push(url),
  showItemInFolder: (path: string): void => void told.revealed.push(path),
} satisfies Pick<Electron.Shell, 'openExternal' | 'showItemInFolder'>

export const ipcMain = {
  handle: (channel: string, act: (event: Electron.IpcMainInvokeEvent, input: unknown) => unknown): void =>
    void told.channels.set(channel, act),
} satisfies Pick<Electron.IpcMain, 'handle'>

export { utilityProcess } from './fake-utility.ts'
