// What Electron gives a utility process: a port to the app, whose messages wait until somebody listens.
import { EventEmitter } from 'node:events'
import { pathToFileURL } from 'node:url'

const port = new EventEmitter()
/** @type {unknown[]} */
const waiting = []
Object.assign(port, {
  postMessage: (/** @type {object} */ message) => process.send?.(message, undefined, undefined, () => undefined),
})
process.on('message', (data) => {
  if (port.listenerCount('message') > 0) port.emit('message', { data })
  else waiting.push(data)
})
port.on('newListener', () => setImmediate(() => waiting.splice(0).forEach((data) => port.emit('message', { data }))))
Object.assign(process, { parentPort: port })
process.on('disconnect', () => process.exit())
const [, , file = ''] = process.argv
await import(pathToFileURL(file).href)
