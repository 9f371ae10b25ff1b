// Makes dist/: the program as a few bundled files, the page it serves, and the desktop shell. `--if-needed` leaves an up-to-date one alone,
// so that a daemon running from it keeps its files.

import { readdir, rm, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { build } from 'esbuild'
import { isFresh } from './freshness.mjs'
import { buildPage } from './page-build.ts'
import { buildShell, requireForBundled } from './shell-build.ts'

const root = join(import.meta.dirname, '..')
const dist = join(root, 'dist')
/** What build-bin.ts makes and makes it in, and what electron-builder makes. */
const others = [join(dist, 'bin'), join(dist, 'desktop')]

/** Each becomes dist/<name>.js: the program, and the threads and the child that it starts by these names. */
const entries = {
  main: 'src/main.ts',
  'db-worker': 'src/db/worker.ts',
  'disk-worker': 'src/folder/worker.ts',
  'store-worker': 'src/daemon/store-worker.ts',
  watcher: 'src/folder/watcher-child.ts',
}

/** Packages with machine code, which must find their own files. */
const native = ['@napi-rs/blake-hash', '@parcel/watcher']

async function buildProgram(): Promise<string[]> {
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: entries,
    outdir: dist,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    minifyWhitespace: true,
    minifySyntax: true,
    sourcemap: 'linked',
    external: native,
    banner: { js: requireForBundled },
    metafile: true,
    logLevel: 'warning',
  })
  return Object.keys(metafile.outputs)
}

/** Removes what earlier builds left, and only after the new one is complete. */
async function sweep(keep: ReadonlySet<string>): Promise<void> {
  for (const entry of await readdir(dist, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name)
    if (entry.isFile() && !keep.has(path) && !others.some((other) => path.startsWith(other))) await rm(path)
  }
}

if (process.argv.includes('--if-needed') && isFresh(root)) process.exit(0)
const started = new Date() // also the stamp's time, so that an edit made during the build counts as newer
const page = await buildPage(join(dist, 'ui'), { sourcemap: 'linked' })
const shell = (await buildShell(join(dist, 'electron'))).flatMap(Object.keys)
const outputs = [...(await buildProgram()), ...shell, ...Object.keys(page.outputs), 'dist/ui/index.html']
await sweep(new Set(outputs.map((output) => join(root, output))))
await writeFile(join(dist, '.built'), '')
await utimes(join(dist, '.built'), started, started)
process.stderr.write(`built dist/ (${outputs.length} files) in ${Date.now() - started.getTime()} ms\n`)
