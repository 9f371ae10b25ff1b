import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { interfaceBlockstoreTests } from 'interface-blockstore-tests'
import { afterEach, beforeEach, describe, it } from 'vitest'
import type { BlockStore } from '#store'
import { openStore, type OpenStore } from './subjects.ts'

// The suite expects a runner that puts these where everybody finds them.
Object.assign(globalThis, { describe, it, beforeEach, afterEach })

describe('BlockStore keeps the contract of interface-blockstore', () => {
  const open = new Map<BlockStore, OpenStore>()
  interfaceBlockstoreTests({
    setup() {
      const store = openStore(mkdtempSync(join(tmpdir(), 'holdfast-store-')))
      open.set(store.blocks, store)
      return store.blocks
    },
    teardown(blocks) {
      const { table, directory } = open.get(blocks)!
      table.close()
      rmSync(directory, { recursive: true, force: true })
    },
  })
})
