import { cp, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { build, type BuildOptions, type Metafile } from 'esbuild'

const root = join(import.meta.dirname, '..')

/** Builds the page into a directory: what its first screen needs, each other screen apart, and what runs in a worker. What was written, by paths from the checkout. */
export async function buildPage(
  directory: string,
  { sourcemap = false }: Pick<BuildOptions, 'sourcemap'> = {},
): Promise<Metafile> {
  const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { version: string }
  const { metafile } = await build({
    absWorkingDir: root,
    // `appearance` is no module: it runs before anything is drawn.
    entryPoints: { main: 'renderer/main.tsx', appearance: 'renderer/appearance.ts', 'diff-worker': 'renderer/diff/worker.ts' },
    outdir: directory,
    bundle: true,
    splitting: true,
    chunkNames: '[name]-[hash]',
    minify: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2023',
    jsx: 'automatic',
    define: { 'process.env.NODE_ENV': '"production"', HOLDFAST_VERSION: JSON.stringify(version) },
    metafile: true,
    logLevel: 'warning',
    sourcemap,
  })
  await cp(join(root, 'renderer/index.html'), join(directory, 'index.html'))
  return metafile
}
