import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { findSocket } from '#api/page'
import { startShell } from '../../electron/shell.ts'
import { app, begin, told } from '../electron/fake-electron.ts'
import { started } from '../electron/fake-utility.ts'
import { until } from '../electron/until.ts'

const root = join(import.meta.dirname, '../..')
let directory: string

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'holdfast-desktop-'))
  mkdirSync(join(directory, 'home'), { mode: 0o700 })
  const settings = { http: '127.0.0.1:0', listen: ['/ip4/127.0.0.1/tcp/0'], name: 'desk' }
  writeFileSync(join(directory, 'home/config.json'), JSON.stringify(settings))
  mkdirSync(join(directory, 'photos'))
  begin({ userData: directory })
})
afterAll(() => {
  for (const child of started) child.kill()
  rmSync(directory, { recursive: true })
})

async function ask(path: string, body?: object): Promise<unknown> {
  const init = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }
  const headers = { 'content-type': 'application/json', 'x-holdfast': '1' }
  const answer = await told.schemes.get('app')!(new Request(`app://holdfast/api/v1${path}`, { headers, ...init }))
  if (!answer.ok) throw new Error(await answer.text())
  return await answer.json()
}

test('the desktop app runs a daemon of its own with its watcher beside it, serves its page, and ends both', async () => {
  const home = join(directory, 'home')
  startShell({ root, home })
  await until(() => expect(told.trays[0]?.tip).toBe('Holdfast – Everything is in sync'))
  const page = await told.schemes.get('app')!(new Request('app://holdfast/files'))
  expect(await page.text()).toContain('<div id="root"></div>')
  await ask('/folders', { path: join(directory, 'photos'), name: 'photos' })
  await until(() => expect(started.length).toBe(2))

  // Far sooner than the next scan: the watcher has told of it.
  await until(() => expect(JSON.stringify(told.trays[0]!.menus.at(-1))).toContain('photos: in sync'))
  writeFileSync(join(directory, 'photos/new.txt'), 'new')
  await expect.poll(() => ask('/entries?folder=photos'), { timeout: 20_000 }).toMatchObject([{ path: 'new.txt', state: 'here' }])

  app.quit()
  expect(told.quits).toBe(0)
  await until(() => expect(told.quits).toBe(1))
  expect(await findSocket(home)).toBeNull()
  for (const { pid } of started) await until(() => expect(() => process.kill(pid!, 0)).toThrow())
})
