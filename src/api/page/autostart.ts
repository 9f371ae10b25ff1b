import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** The start at login by freedesktop.org's Desktop Application Autostart Specification: Electron has nothing for it. */
export class Autostart {
  readonly #file: string
  readonly #entry: string

  /** `config`: the user's directory of settings; `program` is run with `words`. */
  constructor(config: string, program: string, words: readonly string[]) {
    this.#file = join(config, 'autostart', 'holdfast.desktop')
    const quoted = program.replaceAll(/["`$\\]/g, String.raw`\$&`)
    this.#entry = `[Desktop Entry]\nType=Application\nName=Holdfast\nExec="${quoted}" ${words.join(' ')}\n`
  }

  get isOn(): boolean {
    return existsSync(this.#file)
  }

  set(on: boolean): void {
    if (!on) return rmSync(this.#file, { force: true })
    mkdirSync(dirname(this.#file), { recursive: true })
    writeFileSync(this.#file, this.#entry)
  }
}
