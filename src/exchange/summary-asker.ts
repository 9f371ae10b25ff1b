import type { DeviceId, FolderId, PartitionSummary, SummaryBasis } from '#model'
import { misfit } from './ask-errors.ts'
import type { Asker, BlockAnswer } from './asker.ts'
import { orUnable, type Capabilities } from './capabilities.ts'
import { encodeSummarize, type SummariesAnswer } from './summary-frames.ts'

export interface SummaryAskerParts {
  asker: Pick<Asker, 'ask'>
  capabilities: Capabilities
}

/** Asks devices that hold blocks for summaries of them. */
export class SummaryAsker {
  readonly #parts: SummaryAskerParts

  constructor(parts: SummaryAskerParts) {
    this.#parts = parts
  }

  /**
   * Of the folder's chunks that have a block there, and are not noted as not needed, by partition; null where the device is of a version that knows
   * of no summaries. Otherwise rejects as Asker's calls do. Who is going to count on them has said how far it has seen before.
   */
  async ask(device: DeviceId, folder: FolderId, basis: SummaryBasis, signal: AbortSignal): Promise<PartitionSummary[] | null> {
    const { asker, capabilities } = this.#parts
    const all: PartitionSummary[][] = []
    for (let first = 0; first < 2 ** basis.bits;) {
      const from = first
      const frame = (number: number): Uint8Array[] => [encodeSummarize({ number, folder, ...basis, first: from })]
      const read = (answer: BlockAnswer): SummariesAnswer => {
        if ('summaries' in answer && isFit(answer.summaries, from, basis)) return answer.summaries
        throw misfit(device)
      }
      const ask = (isProbe: boolean): Promise<SummariesAnswer> => asker.ask(device, signal, frame, read, isProbe)
      const page = await capabilities.ask(device, 'summaries', signal, ask).catch(orUnable)
      if (page === null) return null
      all.push(page.summaries)
      first = page.next
    }
    return all.flat()
  }
}

/** Does it go on from `first`, and no further than there are partitions? Whoever asks has to come to an end. */
function isFit({ next, summaries }: SummariesAnswer, first: number, { bits }: SummaryBasis): boolean {
  return next > first && next <= 2 ** bits && summaries.every(({ partition }) => partition >= first)
}
