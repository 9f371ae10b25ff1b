import { text } from 'node:stream/consumers'
import { PassThrough } from 'node:stream'
import { expect, test } from 'vitest'
import { run } from '../../src/cli/run.ts'

test('an older Node is told which one is needed, and how a checkout brings it', async () => {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()]
  const code = await run(['status'], {
    serve: () => Promise.reject(new Error('not to be started')),
    node: '20.11.0',
    env: {},
    directory: '/',
    stdin: process.stdin,
    stdout: stdout as unknown as NodeJS.WriteStream,
    stderr: stderr as unknown as NodeJS.WriteStream,
  })
  stderr.end()
  expect(code).toBe(1)
  expect(await text(stderr)).toMatch(/needs Node 24 or newer, and this is Node 20\.11\.0\n.* npm run -s holdfast -- COMMAND/)
})
