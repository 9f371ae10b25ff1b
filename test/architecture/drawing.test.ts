import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { cruise } from '../../scripts/cruise.ts'
import { draw, redraw } from '../../scripts/drawing.ts'

const root = join(import.meta.dirname, '../..')

describe('the drawing of the rooms', () => {
  it('in src/README.md shows the code as it is (else: npm run drawing)', async () => {
    const text = await readFile(join(root, 'src/README.md'), 'utf8')
    expect(text).toBe(redraw(text, draw(await cruise(root, ['src']))))
  })

  it('counts files and imports, from the roof to the ground', () => {
    const files = ['src/main.ts', 'src/cli/index.ts', 'src/base/index.ts', 'src/base/clock.ts']
    const imports = [
      { from: 'src/main.ts', to: 'src/cli/index.ts' },
      { from: 'src/cli/index.ts', to: 'src/base/index.ts' },
      { from: 'src/base/index.ts', to: 'src/base/clock.ts' },
    ]
    const lines = draw({ files, imports, breaches: [] }).split('\n')
    expect(lines.filter((line) => !line.startsWith('───')).map((line) => line.replaceAll(/ +/g, ' ').trim())).toEqual([
      '```text',
      '│ main.ts ─▶ cli 1',
      '8 │ cli 1 file ─▶ base 1',
      '1 │ base 2 files',
      '```',
    ])
  })

  it('cannot be lost from the text unnoticed', () => {
    expect(() => redraw('# The rooms', 'x')).toThrow(/lost its marks/)
  })
})
