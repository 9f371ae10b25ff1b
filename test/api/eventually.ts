import { expect } from 'vitest'

/** As `expect.poll`, with time for a busy machine to start a process. */
// oxlint-disable-next-line vitest/require-awaited-expect-poll -- whoever calls it awaits it
export const eventually = (read: () => unknown) => expect.poll(read, { timeout: 15_000 })
