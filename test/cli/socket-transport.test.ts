import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { expect, onTestFinished, test } from 'vitest'
import { socketTransport } from '../../src/cli/socket-transport.ts'

/** Closes what was kept for two seconds; a client that is at something else for longer hears of it too late. */
const SERVER = `
  const server = require('node:http').createServer({ keepAliveTimeout: 2_100, keepAliveTimeoutBuffer: 0 }, (request, response) => {
    request.on('data', () => undefined).on('end', () => response.end(request.method))
  })
  server.listen(process.argv[1], () => console.log('ready'))
`

test('a request over a connection that the other end has closed meanwhile goes over another one', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'holdfast-socket-'))
  const socket = join(directory, 'api.sock')
  const server = spawn(process.execPath, ['-e', SERVER, socket], { stdio: ['ignore', 'pipe', 'inherit'] })
  onTestFinished(() => {
    server.kill()
    rmSync(directory, { recursive: true })
  })
  await once(server.stdout, 'data')
  const transport = socketTransport(socket)
  const ask = async (): Promise<string> =>
    text((await transport('/', { method: 'POST', headers: {}, body: 'x'.repeat(1_000) })).body!)
  expect(await ask()).toBe('POST')
  await new Promise((resolve) => setTimeout(resolve, 50))
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 3_000)
  expect(await ask()).toBe('POST')
})
