export { Keeper } from './keeper.ts'
export type { ChunkFinder, KeeperParts } from './keeper.ts'
