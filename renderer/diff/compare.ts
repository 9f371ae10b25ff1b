import { t } from '../text/text.ts'
import type { Compared } from './diff-rows.ts'

/** Compares two texts in a worker of its own, which ends when that is done or `signal` aborts. */
export function compareApart(before: string, after: string, signal: AbortSignal): Promise<Compared> {
  const worker = new Worker('/diff-worker.js', { type: 'module', name: 'diff' })
  return new Promise<Compared>((resolve, reject) => {
    worker.addEventListener('message', ({ data }: MessageEvent<Compared>) => resolve(data))
    worker.addEventListener('error', () => reject(new Error(t('diff.failed'))))
    signal.addEventListener('abort', () => reject(signal.reason as Error))
    worker.postMessage({ before, after })
  }).finally(() => worker.terminate())
}
