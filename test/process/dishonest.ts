import { registerHooks } from 'node:module'

const HONEST = [`role === 'sync' || role === 'send-only'`, `role !== 'none'`, `role === 'sync' || role === 'receive-only'`]

// The program as someone might patch it who is not to write, or not to read: it takes every role for one that may.
registerHooks({
  load(url, context, next) {
    const loaded = next(url, context)
    if (!url.endsWith('/src/model/role.ts')) return loaded
    let source = Buffer.from(loaded.source as Uint8Array).toString()
    for (const honest of HONEST) {
      if (!source.includes(`return ${honest}\n`)) throw new Error('there is nothing to patch')
      source = source.replace(`return ${honest}\n`, 'return true\n')
    }
    return { ...loaded, source }
  },
})
await import('../../src/main.ts')
