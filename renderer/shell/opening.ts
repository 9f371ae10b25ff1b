import { placeOf } from './links.ts'

type Show = (place?: string) => void

/** Opens the window for whoever asks, also before there is one to open. */
export class Opening {
  #show: Show | null = null
  #link: string | null
  #isAsked = false

  /** `link`: in the command line. */
  constructor(link: string | null) {
    this.#link = link
  }

  open(link: string | null): void {
    if (this.#show !== null) return this.#show(placeOf(link ?? '') ?? undefined)
    this.#isAsked = true
    this.#link = link ?? this.#link
  }

  /** From now on it opens; `isQuiet`: only if somebody has asked meanwhile. */
  begin(show: Show, isQuiet: boolean): void {
    this.#show = show
    if (this.#isAsked || !isQuiet) this.open(this.#link)
  }
}
