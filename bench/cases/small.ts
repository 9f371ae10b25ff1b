import { cpSync } from 'node:fs'
import { join } from 'node:path'
import type { Bench, Case, Result } from '../case.ts'
import { fillDirectory, flushDisk } from '../fill.ts'
import { rsyncWithFsync } from '../plain.ts'
import { drop, measureSync, type Pair } from '../stage.ts'

const SIZES = [200, 20_000] as const

export const small: Case = {
  name: 'small',
  title: 'small files of 200 B to 20 KB',
  async run({ stage, sizes, tell }) {
    const pair = await stage.pair('small')
    tell('filling')
    const source = join(stage.directoryFor('source'), 'small')
    const bytes = fillDirectory(source, sizes.small, SIZES)
    flushDisk()
    tell('plain tools')
    const rsync = rsyncWithFsync(source, stage.directoryFor('rsync'))
    const beside = 'done' in rsync ? [rsync.done] : []
    const syncthing = await stage.syncthing('small')
    if (syncthing !== null) {
      tell('Syncthing')
      cpSync(source, `${syncthing.place}.source`, { recursive: true })
      flushDisk()
      beside.push(await syncthing.measure(() => drop(syncthing.place, `${syncthing.place}.source`, 'small')))
    }
    tell('Holdfast')
    const { seconds, devices, sentBytes } = await syncSmall(pair, source)
    return { seconds, bytes, files: sizes.small, devices, sentBytes, beside, ...besideRsync(seconds, rsync) }
  },
}

export function besideRsync(seconds: number, rsync: ReturnType<typeof rsyncWithFsync>): Pick<Result, 'targets' | 'unmeasured'> {
  const what = '1.5 × rsync -a --fsync'
  if ('fault' in rsync) return { targets: [], unmeasured: [{ what, why: rsync.fault }] }
  return { targets: [{ what, measured: seconds, limit: 1.5 * rsync.done.seconds, unit: 's' }] }
}

/** The pair that has the small files, in a directory `small`. */
export function smallPair({ stage, sizes }: Bench): Promise<Pair> {
  return stage.pair('small', async (fresh) => {
    const source = join(stage.directoryFor('source'), 'small')
    fillDirectory(source, sizes.small, SIZES)
    await syncSmall(fresh, source)
  })
}

function syncSmall(pair: Pair, source: string): ReturnType<typeof measureSync> {
  flushDisk()
  return measureSync(pair, () => drop(pair.places[0], source, 'small'))
}
