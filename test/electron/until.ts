import { vi } from 'vitest'

/** Once it throws no more; it may take a busy machine a while. */
export const until = (look: () => void): Promise<void> => vi.waitFor(look, { timeout: 15_000 })
