/** Calls `task` for each, a few at once, until all are done or one rejects; then no more are begun. */
export async function atOnce<T>(items: readonly T[], count: number, task: (item: T) => Promise<unknown>): Promise<void> {
  let next = 0
  let isOver = false
  const work = async (): Promise<void> => {
    while (next < items.length && !isOver) {
      try {
        await task(items[next++]!)
      } catch (error) {
        isOver = true
        throw error
      }
    }
  }
  await Promise.all(Array.from({ length: count }, work))
}
