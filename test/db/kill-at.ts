// A process that opens a database, and is killed when the step to a version is done: before the version is noted, or before that is committed.
import { DatabaseSync, StatementSync } from 'node:sqlite'
import { openFolderIndex, openStoreDatabase } from '#db'
import { openDeviceStore } from '../../src/db/device-database.ts'
import { author, epoch, folder } from '../format/index-cases.ts'

const [kind = '', file = '', version = '', point = ''] = process.argv.slice(2)
let isNoted = false

function beforeEach(sql: string): void {
  const isNote = sql.startsWith(`PRAGMA user_version = ${version}`)
  if (point === 'unnoted' ? isNote : isNoted) process.kill(process.pid, 'SIGKILL')
  isNoted ||= isNote
}

// BEGIN and COMMIT come by `get`, and what a step consists of by `exec`: one statement after another here. With no room for pages in
// memory, what is not committed gets into the log before it is.
const { get } = StatementSync.prototype
StatementSync.prototype.get = function (...values) {
  beforeEach(this.sourceSQL)
  return Reflect.apply(get, this, values) as ReturnType<typeof get>
}
DatabaseSync.prototype.exec = function (sql) {
  for (let rest = sql.trim(); rest !== '';) {
    const statement = this.prepare(rest)
    const { sourceSQL } = statement
    rest = rest.slice(sourceSQL.length).trim()
    beforeEach(sourceSQL)
    statement.run()
    if (sourceSQL.startsWith('PRAGMA cache_size')) this.prepare('PRAGMA cache_size = 1').run()
  }
}

if (kind === 'store') openStoreDatabase(file)
else if (kind === 'device') openDeviceStore(file)
else openFolderIndex({ folder, device: author, seed: new Uint8Array(32).fill(1), file, foldsCase: true, now: epoch / 1024 })
