export { findSocket } from './find-socket.ts'
export { transportTo } from './forward.ts'
export { hostPage, type HostPageOptions } from './host-page.ts'
