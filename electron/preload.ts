import { contextBridge, ipcRenderer, webUtils } from 'electron'
import type { Shell } from '../renderer/live/shell.ts'

const ask = (channel: keyof Shell, input?: unknown): Promise<unknown> => ipcRenderer.invoke(channel, input)

contextBridge.exposeInMainWorld('holdfast', {
  pickFolder: () => ask('pickFolder') as Promise<string | null>,
  reveal: (path) => void ask('reveal', path),
  startDrag: (paths) => void ask('startDrag', paths),
  pathForFile: (file) => webUtils.getPathForFile(file),
  loginItem: () => ask('loginItem') as Promise<boolean>,
  setLoginItem: (open) => ask('setLoginItem', open) as Promise<void>,
  openExternal: (url) => void ask('openExternal', url),
  quit: () => void ask('quit'),
  onOpen: (listener) => void ipcRenderer.on('open', (_, place: string) => listener(place)),
} satisfies Shell)
