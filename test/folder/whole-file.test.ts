import { mkdtempSync, readdirSync, rmSync, unlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { NodeFilesystem, type Dir } from '#folder'
import { withProbe } from '../../src/folder/whole-file.ts'

/** A disk on which another thread removes each file just before this one does. */
class Cleaned extends NodeFilesystem {
  readonly #root: string

  constructor(root: string) {
    super()
    this.#root = root
  }

  override unlink(dir: Dir, name: string): void {
    unlinkSync(join(this.#root, name))
    super.unlink(dir, name)
  }
}

test('a probe file that the cleaning of the stage takes first does no harm', () => {
  const root = mkdtempSync(join(tmpdir(), 'holdfast-probe-'))
  onTestFinished(() => rmSync(root, { recursive: true }))
  const fs = new Cleaned(root)
  const tmp = fs.openRoot(root)
  expect(withProbe(fs, tmp, 'clock', (file) => fs.statFile(file).size)).toBe(0)
  fs.closeDir(tmp)
  expect(readdirSync(root)).toEqual([])
})
