import { defineConfig } from 'vitest/config'

const processes = 'test/process/**/*.test.ts'

export default defineConfig({
  test: {
    environment: 'node',
    pool: 'forks',
    maxWorkers: 2,
    // Threads started from sources have their types stripped by a WebAssembly module. Where V8 compiles the calls out of one anew, as it does
    // after a thousand of them, it now and then ends the process (github.com/nodejs/node/issues/64500). Ours calls out of nothing.
    // And the simulator makes garbage all the time, nearly all of which is of no use by the next event: a sixth of its time goes to looking at it
    // again and again where there is little room for it.
    execArgv: [
      '--disable-warning=ExperimentalWarning',
      '--wasm-wrapper-tiering-budget=2147483647',
      '--max-semi-space-size=64',
      '--initial-old-space-size=256',
    ],
    testTimeout: 30_000,
    hookTimeout: 30_000,
    reporters: ['default'],
    // The suite of interface-blockstore imports a package that it does not name: it is bundled, and finds this instead.
    alias: { 'aegir/chai': new URL('test/store/chai.ts', import.meta.url).pathname },
    server: { deps: { inline: ['interface-blockstore-tests'] } },
    projects: [
      {
        extends: true,
        test: { name: 'rooms', include: ['test/**/*.test.ts'], exclude: [processes], sequence: { groupOrder: 0 } },
      },
      {
        // Whole daemons as processes, which mostly wait for one another: when the rest is done, and more at once.
        extends: true,
        test: {
          name: 'process',
          maxWorkers: 3,
          include: [processes],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
})
