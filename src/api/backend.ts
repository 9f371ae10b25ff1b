import type {
  ApiEvent,
  CheckedInput,
  ContentRequest,
  OperationName,
  OperationResult,
  PutRequest,
  TreeItem,
  Written,
} from './contract/index.ts'

/**
 * One method for each operation of the contract (its fields: contract/device-operations.ts, folder-operations.ts). The input is
 * checked and has its defaults; folders and devices are still the caller's words (name, id, last characters), resolved here. A
 * failure is a HoldfastError. `signal` aborts when the caller has gone: long calls (wait, pairingOutcome, scan) then end.
 */
type Handlers = {
  [Name in OperationName]: (input: CheckedInput<Name>, signal: AbortSignal) => Promise<OperationResult<Name>>
}

/** A file's content, or a symlink's target, `size` bytes. */
export interface Content extends Pick<TreeItem, 'path' | 'kind' | 'size' | 'mode' | 'mtime' | 'version'> {
  /** The bytes `start` to before `end`, piece by piece; fails with `offline` where some are nowhere to be had now. */
  read(range: { start: number; end: number }, signal: AbortSignal): AsyncIterable<Uint8Array>
}

/** What the HTTP API serves; the daemon implements it. */
export interface Backend extends Handlers {
  /** Rejects with `usage` for a directory, with `offline` where nobody is there that may have the content. */
  readContent(input: ContentRequest, signal: AbortSignal): Promise<Content>
  /** Resolves when what `content` gives is a version; where it fails, nothing is left of it. */
  writeContent(input: PutRequest, content: AsyncIterable<Uint8Array>, signal: AbortSignal): Promise<Written>
  /** Announces changes from now on, until the returned function is called. Listeners return at once and do not throw. */
  subscribe(listener: (event: ApiEvent) => void): () => void
  /** All metrics in Prometheus' text format; numbers only, no names or paths of the user's. */
  metrics(): Promise<string>
}
