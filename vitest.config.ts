import { defineConfig } from 'vitest/config'
import { Order } from './test/order.ts'

const processes = 'test/process/**/*.test.ts'
const simulator = 'test/simulator/**/*.test.ts'
/** They leave nothing behind, and what they import, or a browser, takes more than they do. Those that are out are about a process itself: its memory, its loop, its children, what it has locked. */
const shared = [
  'test/renderer/**/*.test.ts',
  'test/{model,history,db,replication,format,exchange,api}/**/*.test.ts',
  'test/sync/**/!(scan-loop).test.ts',
  'test/{cli,peers}/**/!(namespaces).test.ts',
  'test/daemon/**/!(hosted-child|store-host|home-lock|logging|loop-monitor|directories).test.ts',
]

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
    // Of a machine that is at other things as well: what takes 5 s has taken 50 there.
    testTimeout: 90_000,
    hookTimeout: 90_000,
    reporters: ['default'],
    sequence: { sequencer: Order },
    // The suite of interface-blockstore imports a package that it does not name: it is bundled, and finds this instead.
    // Electron is not needed for its tests: to load it would start a download.
    alias: {
      'aegir/chai': new URL('test/store/chai.ts', import.meta.url).pathname,
      electron: new URL('test/electron/fake-electron.ts', import.meta.url).pathname,
    },
    server: { deps: { inline: ['interface-blockstore-tests'] } },
    projects: [
      {
        // A process for each file: what one mocks, or leaves behind, is of no concern to the others.
        extends: true,
        test: {
          name: 'rooms',
          include: ['test/**/*.test.ts'],
          exclude: [processes, simulator, ...shared],
          sequence: { groupOrder: 0 },
        },
      },
      {
        // A process for many.
        extends: true,
        test: {
          name: 'shared',
          isolate: false,
          include: shared,
          sequence: { groupOrder: 0 },
        },
      },
      {
        // Whole daemons as processes, which mostly wait for one another: when the rest is done, and more at once.
        extends: true,
        test: {
          name: 'process',
          maxWorkers: 4,
          include: [processes],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          sequence: { groupOrder: 1 },
        },
      },
      {
        // Computes while these wait, and comes last where they do not. So it may take as long as it takes. Node imports it as it is: what Vite
        // makes of a module looks up each import anew whenever it is used, which takes a twentieth of all the time.
        extends: true,
        test: {
          name: 'simulator',
          experimental: { viteModuleRunner: false, nodeLoader: false },
          // Besides those above. What is held outside of V8 counts by itself otherwise: once a seed all of the memory is looked through for its sake.
          execArgv: ['--external-memory-accounted-in-global-limit'],
          maxWorkers: 4,
          include: [simulator],
          setupFiles: ['test/simulator/low-priority.ts'],
          testTimeout: 900_000,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
})
