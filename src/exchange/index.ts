export { Exchange, type ExchangeParts } from './exchange.ts'
export { type FetchedChunk } from './source.ts'
export { decodeFrame, encodeRequest, encodeResponseHead } from './frames.ts'
export { type ServedFolder } from './server.ts'
