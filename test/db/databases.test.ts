import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { inProcess, openFolderIndex, type Databases, type FolderIndex } from '#db'
import { tablePaths } from '#model'
import { A, file, FOLDER, NOTHING, NOW, RULES } from './fixtures.ts'
import { temporary } from './temporary.ts'
import { databasesIn } from './thread.ts'

const SETTINGS = { folder: FOLDER, device: A.id, seed: A.seed, foldsCase: false, now: NOW }
function open(): { databases: Databases; dir: string; kill(): Promise<void> } {
  const dir = join(temporary(), 'index')
  return { ...databasesIn(dir), dir }
}

describe('databases in their thread', () => {
  test('answer the calls of an index in order, whole tables too', async () => {
    const { databases } = open()
    const index = await databases.index(SETTINGS)
    const changes = Array.from({ length: 300 }, (_, at) => file(`f${at}`, `${at}`))
    const [first, totals, table, rows] = await Promise.all([
      index.author(changes, { now: NOW }),
      index.totals(),
      index.snapshot(null),
      index.rows(['f7']),
    ])
    expect(first.records).toBe(300)
    expect(totals.entries).toBe(300)
    expect(tablePaths(table)).toHaveLength(300)
    expect(table.stats).toHaveLength(1500)
    expect(rows[0]?.heads).toHaveLength(1)
    await databases.close()
  })

  test('give the errors of calls their code, and go on', async () => {
    const { databases } = open()
    const index = await databases.index(SETTINGS)
    const shown = {
      path: 'a',
      kind: 'directory' as const,
      stat: { size: 0, mtimeMs: 0, ctimeMs: 0, ino: 1, mode: 0o755 },
      version: 'f'.repeat(32) as never,
      source: 'a',
      chunks: new Uint8Array(0),
      chunker: 0,
      size: 0,
    }
    await expect(index.commit({ ...NOTHING, shown: [shown] })).rejects.toMatchObject({ name: 'HoldfastError', code: 'not-found' })
    await expect((index as FolderIndex & { nonsense(): Promise<void> }).nonsense()).rejects.toMatchObject({ code: 'internal' })
    expect(await index.have()).toEqual([])
    await databases.close()
  })

  test('keep several folders and the device’s store apart, over a restart', async () => {
    const { databases, dir } = open()
    const store = await databases.device()
    await store.putSetting('name', 'desk')
    const index = await databases.index(SETTINGS)
    await index.author([file('a', 'one')], { now: NOW })
    await databases.close()
    const { databases: again } = databasesIn(dir)
    expect(await (await again.device()).setting('name')).toBe('desk')
    const reopened = await again.index(SETTINGS)
    expect((await reopened.totals()).entries).toBe(1)
    await again.drop(FOLDER)
    expect(existsSync(join(dir, `${FOLDER}.db`))).toBe(false)
    await expect(reopened.totals()).rejects.toMatchObject({ code: 'internal' })
    expect((await (await again.index(SETTINGS)).totals()).empty).toBe(true)
    await again.close()
  })

  test('let a chain go on over a restart, but not one whose index was removed', async () => {
    const dir = join(temporary(), 'index')
    for (let start = 1; start <= 3; start++) {
      const { databases } = databasesIn(dir)
      await databases.device()
      const now = Date.now() + start
      const index = await databases.index({ ...SETTINGS, now })
      await index.author([file(`a${start}`, 'one')], { now })
      expect(await index.have()).toMatchObject([{ seq: start }])
      if (start === 2) await index.close()
      await databases.close()
    }
    const { databases: again } = databasesIn(dir)
    const store = await again.device()
    await again.drop(FOLDER)
    expect(await store.setting(`closed.${FOLDER}`)).toBe(null)
    await again.close()
  })

  test('fail every call when the thread has died, and after they were closed', async () => {
    const { databases, kill } = open()
    const index = await databases.index(SETTINGS)
    const call = index.author(
      Array.from({ length: 5000 }, (_, at) => file(`f${at}`, `${at}`)),
      { now: NOW },
    )
    await Promise.all([expect(call).rejects.toMatchObject({ code: 'internal' }), kill()])
    await expect(index.totals()).rejects.toMatchObject({ code: 'internal' })
    const other = open().databases
    await other.close()
    await expect(other.device()).rejects.toMatchObject({ code: 'offline' })
  })
})

test('an index in this thread has the same face', async () => {
  const index = inProcess<FolderIndex>(openFolderIndex({ ...SETTINGS, file: ':memory:' }))
  expect(await index.author([file('a', 'one')], { now: NOW })).toMatchObject({ records: 1 })
  expect(await index.ingest([new Uint8Array(1)], RULES)).toMatchObject({ fault: { code: 'corrupt' } })
  await expect(index.commit({ ...NOTHING, shown: [{ version: 'x' } as never] })).rejects.toThrow(TypeError)
  await index.close()
})
