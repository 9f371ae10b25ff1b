import type { Method } from './operation.ts'

/** A command of the fixed contract whose room is not built yet: it answers `unsupported`, by the command line and the API alike. */
export interface LaterOperation {
  readonly command: string
  readonly method: Method
  /** Below /api/v1. */
  readonly path: string
}

export const laterOperations: readonly LaterOperation[] = [
  { command: 'put', method: 'PUT', path: '/content' },
  { command: 'get', method: 'GET', path: '/content' },
  { command: 'rm', method: 'DELETE', path: '/content' },
  { command: 'pin', method: 'POST', path: '/versions/pin' },
  { command: 'unpin', method: 'POST', path: '/versions/unpin' },
  { command: 'snapshot create', method: 'POST', path: '/folders/:folder/snapshots' },
  { command: 'snapshot list', method: 'GET', path: '/folders/:folder/snapshots' },
  { command: 'snapshot restore', method: 'POST', path: '/folders/:folder/snapshots/restore' },
  { command: 'snapshot delete', method: 'DELETE', path: '/folders/:folder/snapshots' },
  { command: 'retention show', method: 'GET', path: '/folders/:folder/retention' },
  { command: 'retention set', method: 'PUT', path: '/folders/:folder/retention' },
  { command: 'gc', method: 'POST', path: '/gc' },
  { command: 'rebalance', method: 'POST', path: '/rebalance' },
  { command: 'repair', method: 'POST', path: '/repair' },
  { command: 'recovery export', method: 'POST', path: '/recovery/export' },
  { command: 'recovery restore', method: 'POST', path: '/recovery/restore' },
]

export function unsupportedMessage(command: string): string {
  return `\`${command}\` is not in this version of Holdfast yet`
}
