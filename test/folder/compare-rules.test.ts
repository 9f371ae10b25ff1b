import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { comparePart, compareRules, type ToCompare } from '../../src/folder/compare-rules.ts'
import { NodeFilesystem } from '../../src/folder/node-filesystem.ts'
import { withTree } from '../../src/folder/tree.ts'

test('rules are compared part by part, no longer than somebody waits, and not within what they ignore', async () => {
  const root = mkdtempSync(join(tmpdir(), 'holdfast-rules-'))
  onTestFinished(() => rmSync(root, { recursive: true, force: true }))
  for (const [directory, files] of [
    ['a', 4_000],
    ['b', 1],
    ['c/out/deep', 2],
  ] as const) {
    mkdirSync(join(root, directory), { recursive: true })
    for (let at = 0; at < files; at++) writeFileSync(join(root, directory, `${at}.log`), '')
  }
  const [fs, text] = [new NodeFilesystem(), Buffer.from('*.log\nout/\n')]
  const walked: string[][] = []
  const ending = new AbortController()
  let parts = Infinity
  const compare = async (rules: Uint8Array, left: readonly ToCompare[], limit: number) => {
    walked.push(left.map(({ path }) => path))
    if (walked.length === parts) ending.abort(new Error('no more'))
    return withTree(fs, root, (tree) => comparePart(tree, rules, left, limit))
  }
  const found = await compareRules(compare, text, { limit: 2, signal: ending.signal })
  expect(found).toEqual({ ignored: 4_002, newlyIgnored: ['a/0.log', 'a/1.log'], noLonger: [], faults: [] })
  expect(walked).toEqual([[''], ['c', 'b']])
  ;[walked.length, parts] = [0, 1]
  await expect(compareRules(compare, text, { limit: 2, signal: ending.signal })).rejects.toThrow('no more')
  expect(walked).toHaveLength(1)
})
