import type { ApiEvent, CheckedInput, OperationName, OperationResult } from './contract/index.ts'

/**
 * One method for each operation of the contract (its fields: contract/device-operations.ts, folder-operations.ts). The input is
 * checked and has its defaults; folders and devices are still the caller's words (name, id, last characters), resolved here. A
 * failure is a HoldfastError. `signal` aborts when the caller has gone: long calls (wait, pairingOutcome, scan) then end.
 */
type Handlers = {
  [Name in OperationName]: (input: CheckedInput<Name>, signal: AbortSignal) => Promise<OperationResult<Name>>
}

/** What the HTTP API serves; the daemon implements it. */
export interface Backend extends Handlers {
  /** Announces changes from now on, until the returned function is called. Listeners return at once and do not throw. */
  subscribe(listener: (event: ApiEvent) => void): () => void
  /** All metrics in Prometheus' text format; numbers only, no names or paths of the user's. */
  metrics(): Promise<string>
}
