/** What the desktop shell lets its page do beyond a browser (`electron/preload.ts`). Paths are absolute ones of this computer. */
export interface Shell {
  /** Lets the user choose a directory; null: none was chosen. */
  pickFolder(): Promise<string | null>
  /** Shows an entry in the file manager of the system. */
  reveal(path: string): void
  /** Goes on with a drag that began in the page as one of files; to be called in `dragstart`, whose default is prevented. */
  startDrag(paths: string[]): void
  /** Where a dropped or chosen file is. */
  pathForFile(file: File): string
  /** Is the app started when the user logs in? */
  loginItem(): Promise<boolean>
  setLoginItem(open: boolean): Promise<void>
  /** Opens an https address in the browser of the system. */
  openExternal(url: string): void
  /** Ends the app, and its daemon. */
  quit(): void
  /** Hears the links that the app is opened by, from now on. */
  onOpen(listener: (link: string) => void): void
}

declare global {
  interface Window {
    holdfast?: Shell
  }
}

/** The desktop shell around this page; undefined in a browser. */
export function theShell(): Shell | undefined {
  return window.holdfast
}
