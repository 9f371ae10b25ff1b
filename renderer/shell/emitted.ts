interface Emitter {
  once(event: string, listener: () => void): unknown
}

/** Once that is emitted. `once` of Node would reject with an `error` before it, which is no end yet. */
export function emitted(by: Emitter | null, event: string): Promise<void> {
  return new Promise((resolve) => by?.once(event, () => resolve()))
}
