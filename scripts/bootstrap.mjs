// Makes the checkout ready to run: installs what is missing. It is plain JavaScript and needs only Node 20 and npm, and it
// runs as the pre-script of every command that a newcomer may try first. npm starts the command itself afterwards with
// node_modules/.bin first on PATH, and there the package `node` has put the Node that Holdfast needs.

import { spawnSync } from 'node:child_process'
import { existsSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const modules = join(root, 'node_modules')
const windows = process.platform === 'win32'
const ownNode = join(modules, 'node', 'bin', windows ? 'node.exe' : 'node')

/** npm writes node_modules/.package-lock.json last, so it is missing after an interrupted installation. */
function installed() {
  const record = join(modules, '.package-lock.json')
  if (!existsSync(record) || !existsSync(ownNode)) return false
  return statSync(record).mtimeMs >= statSync(join(root, 'package-lock.json')).mtimeMs
}

function install() {
  process.stderr.write('holdfast: installing what is missing (npm ci), about half a minute …\n')
  // The warnings left out all say that the old Node is too old for a package; none of them runs in it.
  const args = ['ci', '--no-audit', '--no-fund', '--loglevel=error']
  const npm = process.env['npm_execpath'] // the npm that runs us, if one does
  const { status, error } = npm
    ? spawnSync(process.execPath, [npm, ...args], { cwd: root, stdio: ['ignore', 2, 2] })
    : spawnSync('npm', args, { cwd: root, stdio: ['ignore', 2, 2], shell: windows })
  if (error || status !== 0) {
    process.stderr.write(`holdfast: npm ci failed${error ? `: ${error.message}` : ''}. The lines above say why.\n`)
    process.exit(1)
  }
  if (!existsSync(ownNode)) {
    process.stderr.write(
      'holdfast: npm ran no install scripts, so the package `node` brought no Node. Try `npm ci --ignore-scripts=false`.\n',
    )
    process.exit(1)
  }
}

if (!installed()) install()

// Scripts say `exec node …`, so that a signal sent to npm reaches the daemon and no shell stays in between. Windows' shell
// has no such word; this gives it one.
if (windows) writeFileSync(join(modules, '.bin', 'exec.cmd'), '@%*\r\n')
