import type * as z from 'zod'

export type Method = 'GET' | 'POST' | 'PUT' | 'DELETE'

/**
 * One thing the API can do. Its input is one flat object: what the path names as `:key` goes there, the rest into the query of a
 * GET or DELETE and into the JSON body of a POST or PUT.
 */
export interface Operation<Input extends z.ZodObject = z.ZodObject, Result extends z.ZodType = z.ZodType> {
  readonly method: Method
  /** Below /api/v1. */
  readonly path: string
  readonly summary: string
  /** The command line's words for it; null where only the page needs it. */
  readonly command: string | null
  readonly input: Input
  readonly result: Result
}

export function operation<Input extends z.ZodObject, Result extends z.ZodType>(
  method: Method,
  path: string,
  command: string | null,
  summary: string,
  input: Input,
  result: Result,
): Operation<Input, Result> {
  return { method, path, command, summary, input, result }
}

/** The keys of the input that stand in the path. */
export function pathKeys(path: string): string[] {
  return [...path.matchAll(/:(\w+)/g)].map((match) => match[1] ?? '')
}
