import type { ChunkId } from '#model'
import { checkSwept, heldAsAllSay } from './check-store.ts'
import type { Shared } from './shared.ts'
import { SimNode } from './sim-node.ts'
import { upkeepOf, type Upkeep } from './sim-upkeep.ts'

/** A storage device: it holds sealed blocks that members bring, and has neither the folder nor its keys. */
export class SimStorage extends SimNode {
  upkeep: Upkeep | null = null

  constructor(shared: Shared, name: string, seed: Uint8Array) {
    super(shared, name, seed, false)
  }

  async start(): Promise<void> {
    const run = await this.begin()
    this.upkeep = upkeepOf(this.home, run, null)
    this.upkeep.start()
    this.meet(run)
  }

  /** Ends it properly. */
  async stop(): Promise<void> {
    const { boot, engine, upkeep, layout } = this
    if (boot === null || engine === null || !boot.alive) return
    this.part()
    await layout?.stop()
    await upkeep?.stop()
    await engine.stop()
    this.gone(boot)
  }

  /** All that it had, but for its identity. */
  loseHome(): void {
    this.home.store.lose()
    this.home.loseNotes()
  }

  protected async swept(chunks: ChunkId[]): Promise<void> {
    const { members, ledger, failed } = this.shared
    const held = heldAsAllSay(members(), this, chunks)
    for (const member of members()) await checkSwept(member, held, this, ledger, failed)
  }
}
