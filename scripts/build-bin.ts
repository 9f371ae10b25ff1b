// Makes dist/bin/holdfast: the daemon, the command line and the page as one executable, a single executable application of Node
// (nodejs.org/api/single-executable-applications). It needs neither Node nor any file beside it. For the platform that it is made on.
// `--if-needed` leaves an up-to-date one alone.

import { execFileSync, spawnSync } from 'node:child_process'
import {
  copyFileSync,
  existsSync,
  readFileSync,
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { build, type BuildOptions, type Plugin } from 'esbuild'
import { nodeFlags } from '../src/base/own-process.ts'
import { isFresh } from './freshness.mjs'
import { buildPage } from './page-build.ts'

const root = join(import.meta.dirname, '..')
const require = createRequire(import.meta.url)
const windows = process.platform === 'win32'
const made = windows ? 'dist/bin/holdfast.exe' : 'dist/bin/holdfast'
const target = join(root, made)

/** What Node looks for in itself to find the program. */
const FUSE = 'NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2'

/** Threads get their code as text, so each is a bundle of its own; by the names that `daemon/node-spawner` knows. */
const threads = {
  'db-worker': 'src/db/worker.ts',
  'disk-worker': 'src/folder/worker.ts',
  'store-worker': 'src/daemon/store-worker.ts',
}

/** The program, or the child that it starts itself as. */
const main = `
if (process.env.HOLDFAST_ROLE === 'watcher') import('./src/folder/watcher-child.ts')
else import('./src/main.ts')
`

/** The watching library looks for its machine code in files; here it comes out of the program. */
const watcher: Plugin = {
  name: 'watcher',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^@parcel\/watcher$/ }, ({ path }) => ({ path, namespace: 'own' }))
    onLoad({ filter: /./, namespace: 'own' }, () => ({
      resolveDir: root,
      contents: `
        import { ownModule } from '#base'
        import { createWrapper } from '@parcel/watcher/wrapper.js'
        export const { subscribe } = createWrapper(ownModule('@parcel/watcher'))`,
    }))
  },
}

const bundled: BuildOptions = {
  absWorkingDir: root,
  bundle: true,
  format: 'cjs',
  platform: 'node',
  target: 'node24',
  // What is imported later is in the same bundle, or Node's own.
  supported: { 'dynamic-import': false },
  minifyWhitespace: true,
  minifySyntax: true,
  define: { 'import.meta.url': 'ownUrl' },
  banner: { js: `const ownUrl = require('node:url').pathToFileURL(process.execPath).href;` },
  plugins: [watcher],
  logLevel: 'warning',
}

/** The machine code of a package that picks its part for this platform when it is loaded. */
function machineCode(name: string): string {
  const before = new Set(Object.keys(require.cache))
  require(name)
  const found = Object.keys(require.cache).find((path) => path.endsWith('.node') && !before.has(path))
  if (found === undefined) throw new Error(`${name} has no machine code for this platform`)
  return found
}

function filesBelow(directory: string): string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(directory.length + 1)
        .replaceAll('\\', '/'),
    )
}

async function makeExecutable(work: string): Promise<void> {
  await Promise.all([
    buildPage(join(work, 'ui')),
    build({ ...bundled, stdin: { contents: main, resolveDir: root }, outfile: join(work, 'main.js') }),
    build({ ...bundled, entryPoints: threads, outdir: work }),
  ])
  const assets = {
    'blake-hash.node': machineCode('@napi-rs/blake-hash'),
    'watcher.node': machineCode('@parcel/watcher'),
    ...Object.fromEntries(Object.keys(threads).map((name) => [`${name}.js`, join(work, `${name}.js`)])),
    ...Object.fromEntries(filesBelow(join(work, 'ui')).map((name) => [`ui/${name}`, join(work, 'ui', name)])),
  }
  const config = join(work, 'sea-config.json')
  const blob = join(work, 'program.blob')
  writeFileSync(
    config,
    JSON.stringify({
      main: join(work, 'main.js'),
      output: blob,
      disableExperimentalSEAWarning: true,
      useCodeCache: true,
      execArgv: nodeFlags,
      assets,
    }),
  )
  // V8 takes code that was compiled before only under the same flags.
  execFileSync(process.execPath, [...nodeFlags, '--experimental-sea-config', config], { stdio: ['ignore', 'ignore', 'inherit'] })
  const part = join(work, 'holdfast')
  copyFileSync(process.execPath, part)
  chmodSync(part, 0o755)
  const postject = [require.resolve('postject/dist/cli.js'), part, 'NODE_SEA_BLOB', blob, '--sentinel-fuse', FUSE]
  if (process.platform === 'darwin') postject.push('--macho-segment-name', 'NODE_SEA')
  // It warns of sections that it leaves as they are; what it says matters only where it fails.
  const { status, stdout, stderr } = spawnSync(process.execPath, postject, { encoding: 'utf8' })
  if (status !== 0) throw new Error(`postject could not put the program into Node's (${status}):\n${stdout}${stderr}`)
  // A program whose bytes were changed has no valid signature any more, and macOS starts none without.
  if (process.platform === 'darwin') execFileSync('codesign', ['--sign', '-', '--force', part])
  mkdirSync(dirname(target), { recursive: true })
  utimesSync(part, started, started)
  writeFileSync(version, process.version)
  renameSync(part, target)
}

/** Node itself is in it, too; its files may be older than the one before. */
const version = join(root, 'dist/bin/node-version')
const isOfThisNode = (): boolean => existsSync(version) && readFileSync(version, 'utf8') === process.version

if (process.argv.includes('--if-needed') && isFresh(root, made) && isOfThisNode()) process.exit(0)
mkdirSync(join(root, 'dist'), { recursive: true })
const started = new Date() // also the result's time, so that an edit made meanwhile counts as newer
const work = mkdtempSync(join(root, 'dist/bin-')) // beside the result, which is put in its place in one step
try {
  await makeExecutable(work)
} finally {
  rmSync(work, { recursive: true })
}
const megabytes = (statSync(target).size / 1e6).toFixed(0)
process.stderr.write(`built ${target} (${megabytes} MB) in ${Date.now() - started.getTime()} ms\n`)
