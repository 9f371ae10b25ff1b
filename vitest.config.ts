import { defineConfig } from 'vitest/config'

const processes = 'test/process/**/*.test.ts'

export default defineConfig({
  test: {
    environment: 'node',
    pool: 'forks',
    maxWorkers: 2,
    execArgv: ['--disable-warning=ExperimentalWarning'],
    testTimeout: 30_000,
    hookTimeout: 30_000,
    reporters: ['default'],
    projects: [
      {
        extends: true,
        test: { name: 'rooms', include: ['test/**/*.test.ts'], exclude: [processes], sequence: { groupOrder: 0 } },
      },
      {
        // Whole daemons as processes, timed: one file after the other, when the rest is done.
        extends: true,
        test: {
          name: 'process',
          include: [processes],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          fileParallelism: false,
          maxWorkers: 1,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
})
