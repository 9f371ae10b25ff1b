import { lazy, type ComponentType, type LazyExoticComponent } from 'react'
import { ApiError } from '#api/client'
import { api } from '../live/api.ts'

const AGAIN_MS = 1_000

/** A part of the page is not there any more, though the daemon answers: an upgrade has brought another page. */
export class PartGone extends Error {
  override readonly name = 'PartGone'
  /** Which one it is: the same for as long as the page is. */
  readonly part: string

  constructor(part: string, cause: unknown) {
    super('a part of the page could not be loaded', { cause })
    this.part = part
  }
}

/** A part that is loaded when it is first drawn. Where it is gone, the `Boundary` around it says so. */
export function lazily<Props>(load: () => Promise<{ default: ComponentType<Props> }>): LazyExoticComponent<ComponentType<Props>> {
  return lazy(() => loadPart(load))
}

/** Loads a part of the page; while the daemon does not answer, as soon as it does. Rejects with `PartGone`. */
export async function loadPart<Part>(load: () => Promise<Part>): Promise<Part> {
  for (let didAnswer = false; ;) {
    try {
      return await load()
    } catch (error) {
      // It may have come back between the two questions: only what fails once it has answered is gone.
      if (didAnswer) throw new PartGone(String(load), error)
      didAnswer = await isThere()
      if (!didAnswer) await new Promise((resolve) => setTimeout(resolve, AGAIN_MS))
    }
  }
}

async function isThere(): Promise<boolean> {
  try {
    await api.health()
    return true
  } catch (error) {
    return error instanceof ApiError && error.status !== 0
  }
}
