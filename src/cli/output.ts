import { pipeline } from 'node:stream/promises'
import { printable } from './text.ts'

/** Where a command's words go: results to stdout, the rest to stderr. */
export class Output {
  readonly #stdout: NodeJS.WriteStream
  readonly #stderr: NodeJS.WriteStream
  readonly #json: boolean

  constructor(streams: { stdout: NodeJS.WriteStream; stderr: NodeJS.WriteStream }, { json }: { json: boolean }) {
    this.#stdout = streams.stdout
    this.#stderr = streams.stderr
    this.#json = json
  }

  /** The result: one line of JSON, or text for people. */
  result(json: unknown, text: () => string): void {
    this.#stdout.write(this.#json ? `${JSON.stringify(json)}\n` : ended(printable(text())))
  }

  /** A result that is content, as it is, in place of JSON or text. */
  async bytes(source: AsyncIterable<Uint8Array>): Promise<void> {
    await pipeline(source, this.#stdout, { end: false })
  }

  /** Something to know on the way; never on stdout. */
  note(text: string): void {
    this.#stderr.write(ended(printable(text)))
  }

  /** A question, on whose line the answer is typed. */
  ask(text: string): void {
    this.#stderr.write(printable(text))
  }

  /** A line that the next one replaces, on a terminal only. */
  progress(text: string): void {
    if (this.#stderr.isTTY) this.#stderr.write(`\r\u001b[K${printable(text).slice(0, (this.#stderr.columns || 80) - 1)}`)
  }

  get showsProgress(): boolean {
    return this.#stderr.isTTY
  }

  endProgress(): void {
    if (this.#stderr.isTTY) this.#stderr.write('\r\u001b[K')
  }
}

function ended(text: string): string {
  return text === '' || text.endsWith('\n') ? text : `${text}\n`
}
