export { findSocket } from './find-socket.ts'
export { forward, transportTo } from './forward.ts'
export { hostPage, type HostPageOptions } from './host-page.ts'
