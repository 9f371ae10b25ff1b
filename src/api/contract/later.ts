import type { Method } from './operation.ts'

/** A command of the fixed contract whose room is not built yet: it answers `unsupported`, by the command line and the API alike. */
export interface LaterOperation {
  readonly command: string
  readonly method: Method
  /** Below /api/v1. */
  readonly path: string
}

export const laterOperations: readonly LaterOperation[] = [
  { command: 'recovery export', method: 'POST', path: '/recovery/export' },
  { command: 'recovery restore', method: 'POST', path: '/recovery/restore' },
]

export function unsupportedMessage(command: string): string {
  return `\`${command}\` is not in this version of Holdfast yet`
}
