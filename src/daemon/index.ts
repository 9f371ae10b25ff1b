export { serve, type ServeOptions } from './serve.ts'
export { nodeSpawner } from './node-spawner.ts'
export { startDaemon, type Daemon, type DaemonOptions, type DaemonParts } from './wire.ts'
