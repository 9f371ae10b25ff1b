// The rooms of src/ by floor, and the rules between them: the one source of .dependency-cruiser.cjs, of the tests in
// test/architecture and of the drawing in src/README.md. A rule is data, and each says why it is there.

export interface Floor {
  readonly floor: number
  readonly rooms: Readonly<Record<string, string>> // room → what it owns
}

/** From the roof to the ground. A room imports lower floors only. */
export const floors: readonly Floor[] = [
  { floor: 8, rooms: { daemon: 'composition root, config, lifecycle, health', cli: 'one file per command' } },
  { floor: 7, rooms: { api: 'contract, client, HTTP: REST, events, page' } },
  {
    floor: 6,
    rooms: {
      sync: 'index exchange, reconcile, plan, pull, conflicts',
      replication: 'placement, custody, repair, rebalance',
      history: 'versions, snapshots, retention, restore',
    },
  },
  { floor: 5, rooms: { exchange: '"this chunk, wherever it is", and the bulk channel' } },
  {
    floor: 4,
    rooms: {
      store: 'blocks and seals',
      db: 'the index, SQLite in a worker',
      folder: 'filesystem, ignore, scan, watch, stage, transition',
      peers: 'identity, libp2p, discovery, group, pairing',
    },
  },
  { floor: 3, rooms: { content: 'cut, hash, compress, seal' } },
  { floor: 2, rooms: { model: 'ids, entries, versions, vectors, clocks' } },
  { floor: 1, rooms: { base: 'errors, clock, random, log, events, services' } },
]

/** A forbidden kind of import; `from` and `to` as dependency-cruiser takes them (regular expressions over paths). */
export interface Rule {
  readonly name: string
  readonly comment: string
  readonly from: { readonly path?: string; readonly pathNot?: string }
  readonly to: {
    readonly path?: string
    readonly pathNot?: string
    readonly circular?: boolean
    readonly couldNotResolve?: boolean
    readonly dependencyTypes?: readonly string[]
  }
}

const either = (rooms: readonly string[]): string => `^src/(?:${rooms.join('|')})/`

function* roomRules(): Generator<Rule> {
  for (const { floor, rooms } of floors) {
    const here = Object.keys(rooms)
    const above = floors.filter((other) => other.floor > floor).flatMap((other) => Object.keys(other.rooms))
    for (const room of here) {
      if (above.length > 0) {
        yield {
          name: `upward-from-${room}`,
          comment: `${room} is on floor ${floor}: what is above may change without it, so it takes a port instead of an import.`,
          from: { path: either([room]) },
          to: { path: either(above) },
        }
      }
      const neighbours = here.filter((other) => other !== room)
      if (neighbours.length > 0) {
        yield {
          name: `neighbour-of-${room}`,
          comment: `Neighbours on floor ${floor} meet in daemon/wire.ts: each declares the port it needs, so either can be replaced.`,
          from: { path: either([room]) },
          to: { path: either(neighbours) },
        }
      }
    }
  }
}

export const rules: readonly Rule[] = [
  ...roomRules(),
  {
    name: 'only-by-the-door',
    comment: 'A room is entered by its index.ts (of api also by contract, client and page), so that its inside stays its own.',
    from: { path: '^src/(?:([^/]+)/|main\\.ts$)' },
    to: { path: '^src/[^/]+/', pathNot: '^src/(?:$1/|[^/]+/index\\.ts$|api/(?:contract|client|page)/index\\.ts$)' },
  },
  {
    name: 'main-is-the-roof',
    comment: 'src/main.ts starts everything; nothing of src imports it.',
    from: { path: '^src/' },
    to: { path: '^src/main\\.ts$' },
  },
  {
    name: 'main-enters-the-top-floor',
    comment: 'src/main.ts only hands over to daemon or cli (and may name errors of base).',
    from: { path: '^src/main\\.ts$' },
    to: { path: '^src/', pathNot: '^src/(?:daemon|cli|base)/' },
  },
  {
    name: 'src-stands-alone',
    comment: 'What is shipped does not depend on what tests, measures or shows it.',
    from: { path: '^src/' },
    to: { path: '^(?:test|bench|scripts|renderer|electron)/' },
  },
  {
    name: 'faces-see-the-contract',
    comment: 'The page and the desktop shell are clients like any other program: what they need belongs into the API.',
    from: { path: '^renderer/' },
    to: { path: '^src/', pathNot: '^src/api/(?:contract|client)/' },
  },
  {
    name: 'shell-sees-the-contract',
    comment:
      'The desktop shell is a client as well, and a host of the page: it finds the home as all do, and knows no other room.',
    from: { path: '^electron/' },
    to: { path: '^src/', pathNot: '^src/(?:api/(?:contract|client|page)/|base/index\\.ts$)' },
  },
  {
    name: 'page-runs-in-browsers-too',
    comment: 'The page asks the shell by what its preload exposes, and works where there is none.',
    from: { path: '^renderer/' },
    to: { path: '^electron/' },
  },
  {
    name: 'contract-is-only-words',
    comment: 'The page bundles the contract, so it holds schemas and types: no Node, and nothing of what fulfils it.',
    from: { path: '^src/api/contract/' },
    to: { path: '^src/', pathNot: '^src/(?:api/contract|model)/' },
  },
  {
    name: 'electron-in-electron',
    comment: 'The daemon runs where Electron is not installed; merely requiring it starts a download.',
    from: { pathNot: '^electron/' },
    to: { path: '(?:^|node_modules/)electron(?:/|$)' },
  },
  {
    name: 'no-circle',
    comment: 'A circle of files cannot be read, tested or loaded in an order.',
    from: { path: '^(?:src|renderer|electron|bench|scripts)/' },
    to: { circular: true },
  },
  {
    name: 'resolves',
    comment: 'An import that does not resolve escapes every other rule.',
    from: {},
    to: { couldNotResolve: true },
  },
  {
    name: 'shipped-dependency',
    comment: 'src/ and bundles of it run from `dependencies` alone.',
    from: { path: '^src/' },
    to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'], pathNot: '^node_modules/@types/' },
  },
]
