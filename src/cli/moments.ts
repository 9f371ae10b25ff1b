import { HoldfastError } from '#base'
import { ApiError } from '#api/client'
import { parseMoment, TIME_LIKE } from './values.ts'

/** What `--at` of a file says: the name of a snapshot, which may look like a time. */
export function parseThen(text: string | undefined): { at?: string; snapshot?: string } {
  return text === undefined ? {} : { ...parseMoment(text), snapshot: text }
}

/** Does something with what `--at` says: what is no time was taken for the name of a snapshot, which there may not be. */
export async function orATime<T>(moment: { at?: string; snapshot?: string }, work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (error) {
    const isUnsure = moment.snapshot !== undefined && moment.at === undefined
    if (!isUnsure || !(error instanceof ApiError) || error.code !== 'not-found') throw error
    throw new HoldfastError(error.code, error.message, {
      hint: `${error.hint}; a time is written like ${TIME_LIKE}`,
      cause: error,
    })
  }
}
