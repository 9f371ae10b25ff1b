export type { Backend } from './backend.ts'
export { createServer, type ApiServer, type ApiServerComponents, type ApiServerOptions } from './http/server.ts'
export { requireLoopback, type BrowserAddress } from './http/listener.ts'
