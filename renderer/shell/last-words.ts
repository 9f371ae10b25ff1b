const MOST = 2_000

/** The end of what a program writes. */
export class LastWords {
  #text = ''

  add(text: string): void {
    this.#text = (this.#text + text).slice(-MOST)
  }

  /** Its last line that says something; of an error as JSON (`--json`) the message. */
  get last(): string | null {
    const line = this.#text
      .split('\n')
      .findLast((each) => each.trim() !== '')
      ?.trim()
    return line === undefined ? null : (messageIn(line) ?? line.replace(/^holdfast: /, ''))
  }
}

function messageIn(line: string): string | null {
  try {
    const { error } = JSON.parse(line) as { error?: { message?: unknown } }
    return typeof error?.message === 'string' ? error.message : null
  } catch {
    return null
  }
}

/** No daemon can be started; the message is what it said. */
export class NoDaemonError extends Error {}
