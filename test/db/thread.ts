import { onTestFinished } from 'vitest'
import type { WorkerPort } from '#base'
import { openDatabases, type Databases } from '#db'
import { nodeSpawner } from '../../src/daemon/node-spawner.ts'

/** A device's databases in a thread of their own, which ends with the test, or with `kill`. */
export function databasesIn(dir: string): { databases: Databases; kill(): Promise<void> } {
  const real = nodeSpawner()
  let port: WorkerPort | undefined
  const spawner = { ...real, worker: () => (port = real.worker('db')) }
  const databases = openDatabases({ spawner }, { dir })
  const kill = async (): Promise<void> => port?.stop()
  onTestFinished(kill)
  return { databases, kill }
}
