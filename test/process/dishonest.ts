import { registerHooks } from 'node:module'

// The program as someone might patch it who is not to write: it takes every role for one that may.
registerHooks({
  load(url, context, next) {
    const loaded = next(url, context)
    if (!url.endsWith('/src/model/role.ts')) return loaded
    const honest = `return role === 'sync' || role === 'send-only'`
    const source = Buffer.from(loaded.source as Uint8Array).toString()
    if (!source.includes(honest)) throw new Error('there is nothing to patch')
    return { ...loaded, source: source.replace(honest, 'return true') }
  },
})
await import('../../src/main.ts')
