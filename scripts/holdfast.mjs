// Runs the command line of this checkout in this very process (stdout, exit code and signals are its own): the built
// program where it is up to date, which starts faster, or else the sources as they are. Plain JavaScript, so that an old
// Node can at least say what is missing.

import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { isFresh } from './freshness.mjs'

const root = dirname(dirname(fileURLToPath(import.meta.url)))

if (Number.parseInt(process.versions.node, 10) < 24) {
  const own = join(root, 'node_modules', 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node')
  process.stderr.write(
    existsSync(own)
      ? `holdfast: this Node is ${process.versions.node}, and Holdfast needs 24. Use \`npm run -s holdfast -- …\`, or ${own}.\n`
      : 'holdfast: this checkout is not installed yet: run `npm start` or `npm ci` first.\n',
  )
  process.exit(1)
}

const entry = join(root, isFresh(root) ? 'dist/main.js' : 'src/main.ts')
process.argv[1] = entry
await import(pathToFileURL(entry).href)
