/** Calls `task` for each, a few at once, until all were tried; then rejects with the first failure, if there was one. */
export async function atOnce<T>(items: readonly T[], count: number, task: (item: T) => Promise<unknown>): Promise<void> {
  let next = 0
  const failures: unknown[] = []
  const work = async (): Promise<void> => {
    while (next < items.length) await task(items[next++]!).catch((error: unknown) => failures.push(error))
  }
  await Promise.all(Array.from({ length: count }, work))
  if (failures.length > 0) throw failures[0]
}
