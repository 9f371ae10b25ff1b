export type { Backend } from './backend.ts'
export { createServer, type ApiServer, type ApiServerComponents, type ApiServerOptions } from './http/server.ts'
export type { PageFile, PageSource } from './http/page-files.ts'
export { requireLoopback, type BrowserAddress } from './http/listener.ts'
