import { fileURLToPath } from 'node:url'

// The daemon as a process of the app: the same program as everywhere, which is told to stop by a message where there are no signals.
const program = new URL('../main.js', import.meta.url)
process.argv = [process.execPath, fileURLToPath(program), 'serve', '--json']
process.parentPort.on('message', ({ data }) => {
  if (data === 'stop' && !process.emit('SIGTERM')) process.exit() // It has not started yet.
})
await import(program.href)
