import { cp, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { cruise } from '../../scripts/cruise.ts'
import { floors } from '../../scripts/floors.ts'

const root = join(import.meta.dirname, '../..')

describe('the house', () => {
  it('has a floor for every room of src', async () => {
    const known = floors.flatMap(({ rooms }) => Object.keys(rooms))
    const entries = await readdir(join(root, 'src'), { withFileTypes: true })
    const rooms = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name)
    expect(rooms.length).toBeGreaterThan(0)
    expect(rooms.filter((room) => !known.includes(room))).toEqual([])
  })

  it('has no import that breaks a rule', async () => {
    const { files, imports, breaches } = await cruise(root, ['src', 'renderer', 'electron'])
    expect(files.length).toBeGreaterThan(50)
    expect(imports.length).toBeGreaterThan(100)
    expect(breaches).toEqual([])
  })
})

/** What is planted, each in a file of its own; the rule that it breaks, or null. */
const planted: [what: string, path: string, text: string, rule: string | null][] = [
  ['an upward import', 'src/base/planted-1.ts', `import { x } from '#db'\nexport const y = x`, 'upward-from-base'],
  ['an upward import of a type', 'src/base/planted-2.ts', `import type { X } from '#db'\nexport type Y = X`, 'upward-from-base'],
  ['a dynamic upward import', 'src/model/planted.ts', `export const y = () => import('#sync')`, 'upward-from-model'],
  ['an upward import by path', 'src/content/planted.ts', `export * from '../peers/index.ts'`, 'upward-from-content'],
  ['an import of a neighbour', 'src/db/planted.ts', `import { x } from '#folder'\nexport const y = x`, 'neighbour-of-db'],
  ['an import past the door', 'src/sync/planted.ts', `export * from '../db/worker.ts'`, 'only-by-the-door'],
  ['an import of main', 'src/cli/planted.ts', `import '../main.ts'`, 'main-is-the-roof'],
  [
    'a page that looks behind the API',
    'renderer/planted.tsx',
    `import { x } from '#db'\nexport const y = x`,
    'faces-see-the-contract',
  ],
  [
    'a shell that looks behind the API',
    'electron/planted.ts',
    `import { x } from '#daemon'\nexport const y = x`,
    'shell-sees-the-contract',
  ],
  [
    'a page that needs the shell',
    'renderer/planted-2.tsx',
    `export * from '../electron/planted.ts'`,
    'page-runs-in-browsers-too',
  ],
  [
    'electron outside of electron/',
    'src/daemon/planted-1.ts',
    `import { app } from 'electron'\nexport const y = app`,
    'electron-in-electron',
  ],
  ['an import of nothing', 'src/base/planted-3.ts', `import './nothing.ts'`, 'resolves'],
  ['a development tool in the product', 'src/base/planted-4.ts', `import 'esbuild'`, 'shipped-dependency'],
  [
    'but an import of a lower floor by its door is none',
    'src/daemon/planted-2.ts',
    `import * as base from '#base'\nimport * as db from '#db'\nexport { base, db }`,
    null,
  ],
]

describe('a planted breach is found', () => {
  let copy: string
  /** The rules broken by each file of the copy. */
  const broken = new Map<string, string[]>()

  beforeAll(async () => {
    copy = await mkdtemp(join(tmpdir(), 'holdfast-house-'))
    for (const part of ['src', 'package.json', 'tsconfig.json', '.dependency-cruiser.cjs', 'scripts/floors.ts']) {
      await cp(join(root, part), join(copy, part), { recursive: true })
    }
    await symlink(join(root, 'node_modules'), join(copy, 'node_modules'), 'junction')
    for (const [, path, text] of planted) {
      await mkdir(dirname(join(copy, path)), { recursive: true })
      await writeFile(join(copy, path), text)
    }
    const { breaches } = await cruise(copy, ['src', 'renderer', 'electron'])
    for (const { from, rule } of breaches) broken.set(from, [...(broken.get(from) ?? []), rule])
  })

  afterAll(() => rm(copy, { recursive: true, force: true }))

  it.each(planted)('%s', (_, path, _text, rule) => {
    if (rule === null) expect(broken.get(path) ?? []).toEqual([])
    else expect(broken.get(path)).toContain(rule)
  })

  it('and to see no module at all is an error, not a success', async () => {
    await mkdir(join(copy, 'bench'))
    await expect(cruise(copy, ['bench'])).rejects.toThrow(/saw no module/)
  })
})
