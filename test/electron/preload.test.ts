import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runInNewContext } from 'node:vm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { buildShell } from '../../scripts/shell-build.ts'

let directory: string
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'holdfast-preload-'))
  await buildShell(directory)
})
afterAll(() => rmSync(directory, { recursive: true }))

type Exposed = Record<string, (...args: unknown[]) => unknown>

/** The built preload in a sandbox: CommonJS, and only what Electron gives one there. */
function preloaded() {
  const invoked: unknown[][] = []
  const heard: [string, (event: unknown, place: string) => void][] = []
  const exposed: Record<string, Exposed> = {}
  const electron = {
    contextBridge: { exposeInMainWorld: (name: string, api: Exposed) => (exposed[name] = api) },
    ipcRenderer: {
      invoke: async (...args: unknown[]) => invoked.push(args),
      on: (channel: string, listener: (event: unknown, place: string) => void) => heard.push([channel, listener]),
    },
    webUtils: { getPathForFile: (file: unknown) => `/of/${String(file)}` },
  }
  const module = { exports: {} }
  const require = (name: string): unknown => {
    if (name !== 'electron') throw new Error(`a sandbox has no ${name}`)
    return electron
  }
  runInNewContext(readFileSync(join(directory, 'preload.cjs'), 'utf8'), { module, exports: module.exports, require })
  return { invoked, heard, exposed }
}

test('the page gets these, and nothing else', () => {
  const { exposed } = preloaded()
  expect(Object.keys(exposed)).toEqual(['holdfast'])
  expect(Object.keys(exposed['holdfast']!)).toMatchInlineSnapshot(`
    [
      "pickFolder",
      "reveal",
      "startDrag",
      "pathForFile",
      "loginItem",
      "setLoginItem",
      "openExternal",
      "quit",
      "onOpen",
    ]
  `)
  for (const value of Object.values(exposed['holdfast']!)) expect(typeof value).toBe('function')
})

test('each asks by its own name for one thing; no event of Electron gets to the page', () => {
  const { exposed, invoked, heard } = preloaded()
  const { pickFolder, reveal, startDrag, pathForFile, loginItem, setLoginItem, openExternal, quit, onOpen } = exposed['holdfast']!
  void pickFolder!()
  expect(reveal!('/a')).toBeUndefined()
  startDrag!(['/a', '/b'])
  void loginItem!()
  void setLoginItem!(true)
  openExternal!('https://nodejs.org/')
  quit!()
  expect(invoked).toEqual([
    ['pickFolder', undefined],
    ['reveal', '/a'],
    ['startDrag', ['/a', '/b']],
    ['loginItem', undefined],
    ['setLoginItem', true],
    ['openExternal', 'https://nodejs.org/'],
    ['quit', undefined],
  ])
  expect(pathForFile!('x')).toBe('/of/x')
  const opened: unknown[][] = []
  onOpen!((...args: unknown[]) => opened.push(args))
  heard[0]![1]({ sender: 'secret' }, '/peers?join=abc')
  expect([heard[0]![0], opened]).toEqual(['open', [['/peers?join=abc']]])
})
