import { lazy, type ComponentType, type LazyExoticComponent } from 'react'

const AGAIN_MS = 1_000

/** A part that is loaded when it is first drawn; while the daemon does not answer, as soon as it does. */
export function lazily<Props>(load: () => Promise<{ default: ComponentType<Props> }>): LazyExoticComponent<ComponentType<Props>> {
  return lazy(async () => {
    for (;;) {
      try {
        return await load()
      } catch {
        await new Promise((resolve) => setTimeout(resolve, AGAIN_MS))
      }
    }
  })
}
