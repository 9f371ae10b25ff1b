import { existsSync } from 'node:fs'
import { registerHooks } from 'node:module'

/**
 * The program as somebody might patch it. `FORGED=roles`: who is not to write, or not to read; it takes every role for one that may. `FORGED=lies`, too:
 * as long as there is a file at `LIES` it gives nothing that it has, and says that it has all.
 */
const forged = (process.env['FORGED'] ?? '').split(',')
const may = 'return true'
const patches: { file: string; of: string; honest: string; forged: string }[] = [
  ...[`role === 'sync' || role === 'send-only'`, `role !== 'none'`, `role === 'sync' || role === 'receive-only'`].map((rule) => ({
    file: '/src/model/role.ts',
    of: 'roles',
    honest: `return ${rule}\n`,
    forged: `${may}\n`,
  })),
  {
    file: '/src/exchange/server.ts',
    of: 'lies',
    honest: 'if (served === null)',
    forged: 'if (served === null || globalThis.isLying())',
  },
  ...[
    { honest: 'const { store, mayWrite, own, pledge } = this.#parts\n', answer: "blocks.map(() => 'stored')" },
    { honest: 'const count = idCount(ids)\n', answer: 'new Array(count).fill(true)' },
    { honest: 'const { store, mayRead } = this.#parts\n', answer: 'new Array(idCount(ids)).fill(null)' },
  ].map(({ honest, answer }) => ({
    file: '/src/exchange/shelf.ts',
    of: 'lies',
    honest,
    forged: `${honest}    if (globalThis.isLying()) return ${answer}\n`,
  })),
]

Object.assign(globalThis, { isLying: () => existsSync(process.env['LIES']!) })
registerHooks({
  load(url, context, next) {
    const loaded = next(url, context)
    const those = patches.filter(({ file, of }) => url.endsWith(file) && forged.includes(of))
    if (those.length === 0) return loaded
    let source = Buffer.from(loaded.source as Uint8Array).toString()
    for (const patch of those) {
      if (!source.includes(patch.honest)) throw new Error('there is nothing to patch')
      source = source.replace(patch.honest, patch.forged)
    }
    return { ...loaded, source }
  },
})
await import('../../src/main.ts')
