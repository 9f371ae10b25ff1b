/** Something that runs between `start` and `stop`. `stop` may be called more than once, and before `start` has ended. */
export interface Service {
  start(): Promise<void>
  stop(): Promise<void>
}
