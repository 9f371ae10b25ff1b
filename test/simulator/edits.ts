import { errnoOf } from '#base'
import { baseName, parentPath } from '#model'
import type { Dice } from './dice.ts'
import type { Hand } from './hand.ts'

/** How often each kind of edit is made. */
const WEIGHTS = {
  create: 16,
  save: 14,
  overwrite: 10,
  'same-size': 6,
  append: 6,
  'write back': 3,
  duplicate: 4,
  empty: 2,
  large: 1,
  delete: 9,
  rename: 8,
  'rename over': 3,
  'move directory': 10,
  'into own child': 2,
  swap: 3,
  cycle: 2,
  mkdir: 4,
  rmdir: 2,
  'delete tree': 1,
  kind: 4,
  link: 4,
  mode: 4,
  time: 3,
  case: 2,
}

export type EditKind = keyof typeof WEIGHTS

/** One normal form of each name: of twins on one disk only one is carried, and a directory in two spellings has two contents. */
const DIRECTORIES = ['a', 'b', 'a/c', 'b/d', 'a/c/e', 'ö']
const NAMES = [
  'one.txt',
  'two.txt',
  'three',
  'Four.md',
  'five.tar.gz',
  '.hidden',
  'cafe\u0301.txt',
  `${'long'.repeat(62)}.bin`,
  'six seven',
]
const MODES = [0o644, 0o600, 0o755, 0o664]

export interface Edit {
  kind: EditKind
  /** Where a watcher would see something. */
  paths: string[]
}

/** Makes random edits on a device's files. */
export class Editor {
  readonly #hand: Hand
  readonly #dice: Dice
  readonly #written: Uint8Array[]

  /** `written` is shared among the editors: contents to be written again. */
  constructor(hand: Hand, dice: Dice, written: Uint8Array[]) {
    this.#hand = hand
    this.#dice = dice
    this.#written = written
  }

  /** One random edit; undefined where the one thought of is not possible now. */
  edit(): Edit | undefined {
    const kind = this.#dice.weighted(WEIGHTS)
    let paths: string[] | undefined
    try {
      paths = this.#do(kind)
    } catch (error) {
      // Some names cannot be made any longer: the user is told so, and lives with what was done by then.
      if (errnoOf(error) !== 'ENAMETOOLONG') throw error
    }
    return paths === undefined ? undefined : { kind, paths }
  }

  /** New bytes never written before. */
  fresh(length = this.#dice.chance(0.2) ? this.#dice.between(20, 9_000) : this.#dice.between(20, 400)): Uint8Array {
    const bytes = this.#dice.random.bytes(length)
    bytes.set(Buffer.from(`#${this.#written.length};`).subarray(0, length))
    this.#written.push(bytes)
    return bytes
  }

  /** All paths, directories before what is in them. */
  all(): string[] {
    const paths: string[] = []
    const visit = (at: string): void => {
      for (const name of this.#hand.names(at)) {
        if (at === '' && name === '.holdfast') continue
        const path = at === '' ? name : `${at}/${name}`
        paths.push(path)
        if (this.#hand.kind(path) === 'directory') visit(path)
      }
    }
    visit('')
    return paths
  }

  files(): string[] {
    return this.all().filter((path) => this.#hand.kind(path) === 'file')
  }

  #do(kind: EditKind): string[] | undefined {
    const hand = this.#hand
    const flush = this.#dice.chance(0.7)
    switch (kind) {
      case 'create': {
        const path = this.#free()
        if (path !== undefined) hand.write(path, this.fresh(), { flush, mode: this.#dice.pick(MODES) })
        return path === undefined ? undefined : [path]
      }
      case 'save':
        return this.#onFile((path) => hand.save(path, this.fresh(), flush))
      case 'overwrite':
        return this.#onFile((path) => hand.write(path, this.fresh(), { flush }))
      case 'same-size':
        return this.#onFile((path) => {
          const { length } = hand.read(path)
          if (length >= 12) hand.write(path, this.fresh(length), { flush, keepTime: true })
        })
      case 'append':
        return this.#onFile((path) => {
          const bytes = hand.read(path)
          if (bytes.length < 20_000) hand.write(path, new Uint8Array(Buffer.concat([bytes, this.fresh(60)])), { flush })
        })
      case 'write back':
        return this.#written.length === 0
          ? undefined
          : this.#onFile((path) => hand.write(path, this.#dice.pick(this.#written), { flush }))
      case 'duplicate':
        return this.#onFile((from) => {
          const path = this.#free()
          if (path !== undefined) hand.write(path, hand.read(from), { flush })
          return path
        })
      case 'empty':
        return this.#onFile((path) => hand.write(path, new Uint8Array(0), { flush }))
      case 'large':
        return this.#onFile((path) => hand.write(path, this.fresh(this.#dice.between(40_000, 120_000)), { flush }))
      case 'delete':
        return this.#on(
          (path) => hand.kind(path) !== 'directory',
          (path) => hand.remove(path),
        )
      case 'rename': {
        const to = this.#free()
        return to === undefined
          ? undefined
          : this.#on(
              (path) => hand.kind(path) !== 'directory',
              (from) => (hand.move(from, to, flush), to),
            )
      }
      case 'rename over':
        return this.#pair((from, to) => hand.move(from, to, flush))
      case 'move directory':
        return this.#on(
          (path) => hand.kind(path) === 'directory',
          (from) => {
            const to = this.#freeDirectory(from)
            if (to !== undefined) hand.move(from, to, flush)
            return to
          },
        )
      case 'into own child':
        return this.#on(
          (path) => hand.kind(path) === 'directory' && hand.kind(`${path}~`) === undefined,
          (path) => {
            const child = `${path}/inner`
            if (hand.kind(child) !== undefined || child.split('/').length > 6) return undefined
            hand.move(path, `${path}~`, flush)
            hand.makeDirectory(path)
            hand.move(`${path}~`, child, flush)
            return child
          },
        )
      case 'swap':
        return this.#pair((a, b) => {
          const aside = this.#aside(a)
          hand.move(a, aside, flush)
          hand.move(b, a, flush)
          hand.move(aside, b, flush)
        })
      case 'cycle': {
        const [a, b, c] = this.#dice.shuffle(this.files())
        if (a === undefined || b === undefined || c === undefined) return undefined
        const aside = this.#aside(a)
        hand.move(a, aside, flush)
        hand.move(c, a, flush)
        hand.move(b, c, flush)
        hand.move(aside, b, flush)
        return [a, b, c]
      }
      case 'mkdir':
        return this.#makeDirectory(this.#dice.pick(DIRECTORIES))
      case 'rmdir':
        return this.#on(
          (path) => hand.kind(path) === 'directory' && hand.names(path).length === 0,
          (path) => hand.remove(path),
        )
      case 'delete tree':
        return this.#on(
          (path) => hand.kind(path) === 'directory',
          (path) => hand.remove(path),
        )
      case 'kind':
        return this.#on(
          () => true,
          (path) => this.turn(path),
        )
      case 'link': {
        const path = this.#free()
        if (path !== undefined) hand.link(path, this.#target())
        return path === undefined ? undefined : [path]
      }
      case 'mode':
        return this.#on(
          (path) => hand.kind(path) !== 'symlink',
          (path) => hand.setMode(path, this.#dice.pick(MODES) | (hand.kind(path) === 'directory' ? 0o700 : 0)),
        )
      case 'time':
        return this.#onFile((path) =>
          hand.setTime(
            path,
            this.#dice.pick([0, 1_700_000_000_123_456, 1_000_000, 1_767_225_600_000_000 + this.#dice.between(0, 1_000_000_000)]),
          ),
        )
      case 'case':
        return this.#onFile((path) => {
          const name = baseName(path)
          const other = name === name.toUpperCase() ? name.toLowerCase() : name.toUpperCase()
          const to = parentPath(path) === '' ? other : `${parentPath(path)}/${other}`
          if (other === name || hand.spelling(to) !== to || hand.kind(to) !== undefined) return undefined
          hand.move(path, to, flush)
          return to
        })
    }
  }

  /** Makes something of another kind of what is at a path. */
  turn(path: string): void {
    const before = this.#hand.kind(path)
    this.#hand.remove(path)
    const after = this.#dice.pick((['file', 'directory', 'symlink'] as const).filter((kind) => kind !== before))
    if (after === 'file') this.#hand.write(path, this.fresh(), { flush: true })
    else if (after === 'symlink') this.#hand.link(path, this.#target())
    else {
      this.#hand.makeDirectory(path)
      this.#hand.write(`${path}/below`, this.fresh(), { flush: true })
    }
  }

  #target(): string {
    return `${this.#dice.pick(['../out', '/etc/passwd', 'one.txt', 'a'])}/${this.#written.push(new Uint8Array(0))}`
  }

  #onFile(act: (path: string) => string | void | undefined): string[] | undefined {
    return this.#on((path) => this.#hand.kind(path) === 'file', act)
  }

  #on(fits: (path: string) => boolean, act: (path: string) => string | void | undefined): string[] | undefined {
    const paths = this.all().filter(fits)
    if (paths.length === 0) return undefined
    const path = this.#dice.pick(paths)
    const other = act(path)
    return typeof other === 'string' ? [path, other] : [path]
  }

  #pair(act: (a: string, b: string) => void): string[] | undefined {
    const [a, b] = this.#dice.shuffle(this.files())
    if (a === undefined || b === undefined) return undefined
    act(a, b)
    return [a, b]
  }

  #aside(path: string): string {
    for (let number = 0; ; number++) {
      const aside = `${parentPath(path) === '' ? '' : `${parentPath(path)}/`}aside${number}`
      if (this.#hand.kind(aside) === undefined) return aside
    }
  }

  #makeDirectory(path: string): string[] | undefined {
    const parent = parentPath(path)
    if (parent !== '' && this.#hand.kind(parent) === undefined) this.#makeDirectory(parent)
    if (this.#hand.kind(path) !== undefined || (parent !== '' && this.#hand.kind(parent) !== 'directory')) return undefined
    this.#hand.makeDirectory(path)
    return [path]
  }

  /** A path where nothing is, in a directory that is there. */
  #free(): string | undefined {
    const directories = ['', ...this.all().filter((path) => this.#hand.kind(path) === 'directory')]
    const directory = this.#dice.pick(directories)
    const name = this.#dice.pick(NAMES)
    const path = this.#hand.spelling(directory === '' ? name : `${directory}/${name}`)
    return this.#hand.kind(path) === undefined ? path : undefined
  }

  #freeDirectory(from: string): string | undefined {
    const directories = [
      '',
      ...this.all().filter((path) => this.#hand.kind(path) === 'directory' && path !== from && !path.startsWith(`${from}/`)),
    ]
    // Where it was, under another name, it is renamed in one step elsewhere.
    const directory = this.#dice.chance(0.6) ? parentPath(from) : this.#dice.pick(directories)
    if (directory.split('/').length > 4) return undefined
    const path = this.#hand.spelling(
      `${directory === '' ? '' : `${directory}/`}${this.#dice.pick(['moved', 'a', 'b', 'd', 'ö'])}`,
    )
    return this.#hand.kind(path) === undefined ? path : undefined
  }
}
