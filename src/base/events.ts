/** Typed announcements of what has happened. Listeners run at once, in order; a listener's throw is not the announcer's. */
export class Events<Map extends object> {
  readonly #listeners = new Map<keyof Map, Set<(value: never) => void>>()

  on<K extends keyof Map>(name: K, listener: (value: Map[K]) => void): () => void {
    let set = this.#listeners.get(name)
    if (set === undefined) {
      set = new Set()
      this.#listeners.set(name, set)
    }
    set.add(listener as (value: never) => void)
    return () => set.delete(listener as (value: never) => void)
  }

  emit<K extends keyof Map>(name: K, value: Map[K]): void {
    for (const listener of [...(this.#listeners.get(name) ?? [])]) {
      try {
        ;(listener as (value: Map[K]) => void)(value)
      } catch (error) {
        queueMicrotask(() => {
          throw error
        })
      }
    }
  }
}
