/** What the simulation found wrong. */
export class SimFailure extends Error {}
