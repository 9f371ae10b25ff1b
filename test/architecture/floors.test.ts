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
    const { files, imports, breaches } = await cruise(root, ['src', 'renderer'])
    expect(files.length).toBeGreaterThan(50)
    expect(imports.length).toBeGreaterThan(100)
    expect(breaches).toEqual([])
  })
})

describe('a planted breach is found', () => {
  let copy: string

  beforeAll(async () => {
    copy = await mkdtemp(join(tmpdir(), 'holdfast-house-'))
    for (const part of ['src', 'package.json', 'tsconfig.json', '.dependency-cruiser.cjs', 'scripts/floors.ts']) {
      await cp(join(root, part), join(copy, part), { recursive: true })
    }
    await symlink(join(root, 'node_modules'), join(copy, 'node_modules'), 'junction')
  })

  afterAll(() => rm(copy, { recursive: true, force: true }))

  /** The rules broken by one file when it is added to the copy. */
  async function broken(path: string, text: string): Promise<string[]> {
    const file = join(copy, path)
    await mkdir(dirname(file), { recursive: true })
    await writeFile(file, text)
    const { breaches } = await cruise(copy, [path.split('/')[0] ?? '', 'src'])
    await rm(file)
    return breaches.filter(({ from }) => from === path).map(({ rule }) => rule)
  }

  it.each([
    ['an upward import', 'src/base/planted.ts', `import { x } from '#db'\nexport const y = x`, 'upward-from-base'],
    ['an upward import of a type', 'src/base/planted.ts', `import type { X } from '#db'\nexport type Y = X`, 'upward-from-base'],
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
      'electron outside of electron/',
      'src/daemon/planted.ts',
      `import { app } from 'electron'\nexport const y = app`,
      'electron-in-electron',
    ],
    ['an import of nothing', 'src/base/planted.ts', `import './nothing.ts'`, 'resolves'],
    ['a development tool in the product', 'src/base/planted.ts', `import 'esbuild'`, 'shipped-dependency'],
  ])('%s', async (_, path, text, rule) => {
    expect(await broken(path, text)).toContain(rule)
  })

  it('but an import of a lower floor by its door is none', async () => {
    expect(
      await broken('src/daemon/planted.ts', `import * as base from '#base'\nimport * as db from '#db'\nexport { base, db }`),
    ).toEqual([])
  })

  it('and to see no module at all is an error, not a success', async () => {
    await mkdir(join(copy, 'bench'))
    await expect(cruise(copy, ['bench'])).rejects.toThrow(/saw no module/)
  })
})
