import { MemoryStore } from './memory-store.ts'
import { networkStoreSuite } from './network-store-suite.ts'

networkStoreSuite('in memory', () => {
  const store = new MemoryStore()
  return { store, takePart: async (id) => void store.parts.push({ id }), again: async () => store }
})
