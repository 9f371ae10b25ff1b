import { join } from 'node:path'
import { build, type BuildOptions, type Metafile } from 'esbuild'

const root = join(import.meta.dirname, '..')

/** Bundled CommonJS calls `require`, which a module does not have by itself. */
export const requireForBundled = `import { createRequire as holdfastCreateRequire } from 'node:module'; const require = holdfastCreateRequire(import.meta.url);`

/**
 * Builds the desktop shell into a directory: `main.js` (what looks for updates apart), `daemon.js`, and `preload.cjs`, which is no module
 * because it runs in a sandbox. `electron` itself is what they run in.
 */
export async function buildShell(directory: string): Promise<Metafile['outputs'][]> {
  const common = {
    absWorkingDir: root,
    outdir: directory,
    bundle: true,
    platform: 'node',
    target: 'node24',
    external: ['electron'],
    minifyWhitespace: true,
    minifySyntax: true,
    metafile: true,
    logLevel: 'warning',
  } as const satisfies BuildOptions
  const [modules, preload] = await Promise.all([
    build({
      ...common,
      entryPoints: { main: 'electron/main.ts', daemon: 'electron/daemon-entry.ts' },
      format: 'esm',
      splitting: true,
      banner: { js: requireForBundled },
    }),
    build({ ...common, entryPoints: { preload: 'electron/preload.ts' }, format: 'cjs', outExtension: { '.js': '.cjs' } }),
  ])
  return [modules.metafile.outputs, preload.metafile.outputs]
}
