/** All sources, or none held: where one fails the others give their memory back. */
export async function allSources<T extends { release(): void }>(work: Promise<T>[]): Promise<T[]> {
  // As most files have it.
  if (work.length === 1) return [await work[0]!]
  try {
    return await all(work)
  } catch (error) {
    for (const result of await Promise.allSettled(work)) if (result.status === 'fulfilled') result.value.release()
    throw error
  }
}

/** Like Promise.all, but settles only when all have, so that nothing goes on behind a failure. */
export async function all<T>(work: Promise<T>[]): Promise<T[]> {
  const settled = await Promise.allSettled(work)
  return settled.map((result) => {
    if (result.status === 'rejected') throw result.reason
    return result.value
  })
}
