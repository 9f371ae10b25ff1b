import { pipeline } from 'node:stream/promises'
import { printable } from './text.ts'

/** Where a command's words go: results to stdout, the rest to stderr. */
export class Output {
  readonly #stdout: NodeJS.WriteStream
  readonly #stderr: NodeJS.WriteStream
  readonly #json: boolean
  /** Something of a result that comes piece by piece is on stdout: an error is no JSON document of its own there any more. */
  hasBegun = false

  constructor(streams: { stdout: NodeJS.WriteStream; stderr: NodeJS.WriteStream }, { json }: { json: boolean }) {
    this.#stdout = streams.stdout
    this.#stderr = streams.stderr
    this.#json = json
  }

  /** The result: one line of JSON, or text for people. */
  result(json: unknown, text: () => string): void {
    this.#stdout.write(this.#json ? `${JSON.stringify(json)}\n` : ended(printable(text())))
  }

  /**
   * A list that comes page by page, and of which no more is held than one: a single JSON array, or text for people. What fails before the
   * first page is told as ever; later it is told on stderr, and the array does not end.
   */
  async pages<Item>(pages: AsyncIterable<readonly Item[]>, text: (page: readonly Item[]) => string): Promise<void> {
    await this.bytes(this.#json ? arrayOf(pages) : textOf(pages, text))
  }

  /** A result that is content, as it is, in place of JSON or text. */
  async bytes(source: AsyncIterable<Uint8Array | string>): Promise<void> {
    await pipeline(this.#begun(source), this.#stdout, { end: false })
  }

  async *#begun(source: AsyncIterable<Uint8Array | string>): AsyncGenerator<Uint8Array | string> {
    for await (const piece of source) {
      this.hasBegun = true
      yield piece
    }
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

async function* arrayOf(pages: AsyncIterable<readonly unknown[]>): AsyncGenerator<string> {
  let before = '['
  for await (const page of pages) {
    if (page.length === 0) continue
    yield before + page.map((item) => JSON.stringify(item)).join(',')
    before = ','
  }
  yield before === '[' ? '[]\n' : ']\n'
}

async function* textOf<Item>(
  pages: AsyncIterable<readonly Item[]>,
  text: (page: readonly Item[]) => string,
): AsyncGenerator<string> {
  for await (const page of pages) yield ended(printable(text(page)))
}

function ended(text: string): string {
  return text === '' || text.endsWith('\n') ? text : `${text}\n`
}
