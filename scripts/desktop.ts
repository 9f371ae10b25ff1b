// Starts the desktop app of this checkout.

import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { electronBinary, HOW_TO_GET_IT } from './electron-binary.ts'

const binary = electronBinary()
if (binary === null) {
  process.stderr.write(`holdfast: Electron's binary is not here: ${HOW_TO_GET_IT}.\n`)
  process.exit(1)
}
const main = join(import.meta.dirname, '../dist/electron/main.js')
const app = spawn(binary, [main, ...process.argv.slice(2)], { stdio: 'inherit' })
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => app.kill(signal))
app.once('exit', (code) => process.exit(code ?? 1))
