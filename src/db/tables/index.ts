import type { FolderId } from '#model'
import type { Database } from '../database.ts'
import { Archive } from './archive.ts'
import { Chains } from './chains.ts'
import { Chunks } from './chunks.ts'
import { Forgotten } from './forgotten.ts'
import { Heads } from './heads.ts'
import { Held } from './held.ts'
import { Keeping } from './keeping.ts'
import { MoveRows } from './move-rows.ts'
import { Paths } from './paths.ts'
import { Pieces } from './pieces.ts'
import { Records } from './records.ts'
import { Shown } from './shown.ts'
import { State } from './state.ts'
import { Todo } from './todo.ts'

/** The tables of one folder's index. */
export interface Tables {
  state: State
  paths: Paths
  chains: Chains
  records: Records
  heads: Heads
  shown: Shown
  chunks: Chunks
  pieces: Pieces
  todo: Todo
  archive: Archive
  moves: MoveRows
  keeping: Keeping
  forgotten: Forgotten
  held: Held
}

export function openTables(db: Database, folder: FolderId): Tables {
  const state = new State(db)
  const chains = new Chains(db)
  const records = new Records(db, folder, chains)
  const chunks = new Chunks(db)
  const keeping = new Keeping(db, state)
  return {
    state,
    paths: new Paths(db, state),
    chains,
    records,
    heads: new Heads(db, records, keeping),
    shown: new Shown(db, state),
    chunks,
    pieces: new Pieces(db),
    todo: new Todo(db, state),
    archive: new Archive(db, chunks),
    moves: new MoveRows(db),
    keeping,
    forgotten: new Forgotten(db),
    held: new Held(db, state),
  }
}
