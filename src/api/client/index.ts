export * from './client.ts'
export * from './content.ts'
export * from './event-stream.ts'
