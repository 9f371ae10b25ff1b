import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { Ajv } from 'ajv'
import { describe, expect, it } from 'vitest'

const root = join(import.meta.dirname, '../..')
const builder = createRequire(join(root, 'node_modules/electron-builder/package.json'))
const yaml = builder('js-yaml') as { load(text: string): unknown }

interface Config {
  appId: string
  files: string[]
  publish: unknown
  electronFuses: Record<string, boolean>
  extraMetadata: { main: string }
  protocols: { schemes: string[] }[]
  mac: { icon: string; target: { target: string }[] }
  win: { icon: string; target: { target: string }[] }
  linux: { icon: string; target: { target: string }[] }
}
const config = yaml.load(readFileSync(join(root, 'electron-builder.yml'), 'utf8')) as Config

describe('electron-builder.yml', () => {
  it('is what electron-builder takes', () => {
    const scheme = JSON.parse(readFileSync(join(root, 'node_modules/app-builder-lib/scheme.json'), 'utf8')) as object
    const validate = new Ajv({ strict: false, allErrors: true }).compile(scheme)
    validate(config)
    expect(validate.errors).toBeNull()
    expect(validate({ ...config, electronFuses: { runAsNodes: false } })).toBe(false)
  })

  it('makes each package of each system, with its icon', () => {
    const targets = ({ target }: Config['mac']) => target.map((each) => each.target)
    expect([targets(config.mac), targets(config.win), targets(config.linux)]).toEqual([
      ['dmg', 'zip'],
      ['nsis', 'portable'],
      ['AppImage', 'deb', 'rpm'],
    ])
    for (const { icon } of [config.mac, config.win, config.linux]) expect(existsSync(join(root, icon)), icon).toBe(true)
  })

  it('has every fuse that there is, set as the checklist wants it', () => {
    expect(config.electronFuses).toEqual({
      runAsNode: false,
      enableCookieEncryption: true,
      enableNodeOptionsEnvironmentVariable: false,
      enableNodeCliInspectArguments: false,
      enableEmbeddedAsarIntegrityValidation: true,
      onlyLoadAppFromAsar: true,
      loadBrowserProcessSpecificV8Snapshot: false,
      grantFileProtocolExtraPrivileges: false,
    })
    const scheme = JSON.parse(readFileSync(join(root, 'node_modules/app-builder-lib/scheme.json'), 'utf8')) as {
      definitions: { FuseOptionsV1: { properties: object } }
    }
    const known = Object.keys(scheme.definitions.FuseOptionsV1.properties)
    // How macOS signs, which is no fuse.
    expect(Object.keys(config.electronFuses).toSorted()).toEqual(
      known.filter((name) => name !== 'resetAdHocDarwinSignature').toSorted(),
    )
  })

  it('uploads nothing, starts the shell, and takes invites', () => {
    expect([config.publish, config.extraMetadata.main, config.protocols.flatMap(({ schemes }) => schemes)]).toEqual([
      null,
      'dist/electron/main.js',
      ['holdfast'],
    ])
    expect(readFileSync(join(root, 'electron/shell.ts'), 'utf8')).toContain(`APP_ID = '${config.appId}'`)
  })

  it('packs what runs, and nothing else: decided by what electron-builder itself decides with', () => {
    const packed = fileFilter()
    const wanted = [
      'package.json',
      'dist/main.js',
      'dist/db-worker.js',
      'dist/watcher.js',
      'dist/chunk-ABCD.js',
      'dist/ui/index.html',
      'dist/ui/main.js',
      'dist/electron/main.js',
      'dist/electron/daemon.js',
      'dist/electron/preload.cjs',
      'resources/tray/idleTemplate@2x.png',
      'node_modules/@napi-rs/blake-hash/index.js',
      'node_modules/@napi-rs/blake-hash-linux-x64-gnu/blake.linux-x64-gnu.node',
      'node_modules/@parcel/watcher/wrapper.js',
      'node_modules/@parcel/watcher-linux-x64-glibc/watcher.node',
      ...watcherNeeds().map((name) => `node_modules/${name}/package.json`),
    ]
    expect(wanted.filter((path) => !packed(path))).toEqual([])
    const unwanted = [
      'src/main.ts',
      'electron/main.ts',
      'test/electron/png.ts',
      '.git/config',
      'package-lock.json',
      'electron-builder.yml',
      'dist/main.js.map',
      'dist/ui/main.js.map',
      'dist/bin/holdfast',
      'dist/desktop/Holdfast.AppImage',
      'resources/icon.ico',
      'node_modules/libp2p/package.json',
      'node_modules/react/index.js',
      'node_modules/electron-updater/out/main.js',
      'node_modules/@parcel/watcher/src/Watcher.cc',
    ]
    expect(unwanted.filter((path) => packed(path))).toEqual([])
  })
})

/** What the watcher's package needs to run, and these; node-addon-api is for building it. */
function watcherNeeds(name = '@parcel/watcher'): string[] {
  const { dependencies = {} } = JSON.parse(readFileSync(join(root, 'node_modules', name, 'package.json'), 'utf8')) as {
    dependencies?: Record<string, string>
  }
  const direct = Object.keys(dependencies).filter((needed) => needed !== 'node-addon-api')
  return [...direct, ...direct.flatMap((needed) => watcherNeeds(needed))]
}

type Filter = (file: string, stat: { isDirectory(): boolean; moduleFullFilePath?: string }) => boolean

function fileFilter(): (path: string) => boolean {
  const { getMainFileMatchers } = createRequire(join(root, 'node_modules/app-builder-lib/package.json'))(
    './out/fileMatcher.js',
  ) as { getMainFileMatchers: (...args: unknown[]) => { createFilter(): Filter }[] }
  const info = { projectDir: root, buildResourcesDir: 'resources', config, debugLogger: { isEnabled: false } }
  const expand = (text: string): string => text
  const [matcher] = getMainFileMatchers(root, '/app', expand, {}, { info }, join(root, 'dist/desktop'), false)
  const filter = matcher!.createFilter()
  return (path) => {
    // Of what is not of a module its directories are walked, so they have to match as well.
    const isModule = path.startsWith('node_modules/')
    const parents = isModule ? [] : path.split('/').slice(0, -1)
    const isWalked = parents.every((_, depth) => filter(join(root, ...parents.slice(0, depth + 1)), { isDirectory: () => true }))
    return isWalked && filter(join(root, path), { isDirectory: () => false, ...(isModule && { moduleFullFilePath: path }) })
  }
}

describe('the checklist of Electron', () => {
  const sources = readdirSync(join(root, 'electron'))
    .filter((name) => name.endsWith('.ts'))
    .map((name) => ({ name, text: readFileSync(join(root, 'electron', name), 'utf8') }))
  const all = sources.map(({ text }) => text).join('\n')
  const count = (what: RegExp): number => [...all.matchAll(what)].length

  it('holds for every window: it is made with the preferences of all, and with none beside', () => {
    expect(count(/new BrowserWindow\(/g)).toBeGreaterThan(0)
    expect(count(/new BrowserWindow\(/g)).toBe(count(/webPreferences: webPreferences\(/g))
    expect(count(/\b(?:WebContentsView|BrowserView|loadFile|webviewTag: true)\b/g)).toBe(0)
  })

  it.each([
    ['one way out to the browser of the system', /shell\.openExternal\(/g, 1],
    ['one wrapper around every call of the page', /ipcMain\./g, 1],
    ['the sandbox of all is on', /app\.enableSandbox\(\)/g, 1],
    ['what is made as a window is guarded', /'web-contents-created'/g, 1],
    ['no file address', /file:\/\//g, 0],
    ['nothing is run in the page from outside', /executeJavaScript|insertCSS|\beval\b|new Function/g, 0],
    ['no remote module, no file is opened by a program', /remote|openPath|setAsDefault(?!ProtocolClient)/g, 0],
    ['no certificate is let through', /certificate-error|setCertificateVerifyProc/g, 0],
    ['no experiments', /experimentalFeatures|enableBlinkFeatures|appendSwitch/g, 0],
    ['no scheme goes around the policy', /bypassCSP|corsEnabled|allowServiceWorkers/g, 0],
  ])('%s', (_, what, times) => {
    expect(count(what)).toBe(times)
  })

  it('the sandbox is on, and schemes and the lock are had, before anything is open', () => {
    const shell = sources.find(({ name }) => name === 'shell.ts')!.text
    const order = [
      'app.enableSandbox()',
      'protocol.registerSchemesAsPrivileged(',
      'app.requestSingleInstanceLock()',
      'app.whenReady()',
    ]
    const places = order.map((text) => shell.indexOf(text))
    expect(places).not.toContain(-1)
    expect(places).toEqual(places.toSorted((a, b) => a - b))
  })

  it('the page has a policy that lets in nothing from elsewhere, and no inline code', async () => {
    const { SECURE_HEADERS } = await import('../../src/api/http/page-files.ts')
    const policy = SECURE_HEADERS['content-security-policy'].split('; ')
    expect(policy).toEqual(
      expect.arrayContaining(["default-src 'none'", "script-src 'self'", "connect-src 'self'", "frame-ancestors 'none'"]),
    )
    expect(policy.join(' ')).not.toMatch(/unsafe-|\*|https?:/)
  })

  it('the shell is small: what can be without Electron is elsewhere', () => {
    const files = readdirSync(join(root, 'electron')).map((name) => readFileSync(join(root, 'electron', name), 'utf8'))
    expect(files.join('').split('\n').length).toBeLessThan(501)
  })
})
