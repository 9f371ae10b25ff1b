/**
 * Runs `task` one at a time. Asked while it runs, it runs once more after that: what was asked meanwhile may not be in its answer.
 * Resolves when it has run since it was asked. `task` never rejects.
 */
export function oneAtATime(task: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | null = null
  let isAskedAgain = false
  const run = async (): Promise<void> => {
    do {
      isAskedAgain = false
      await task()
    } while (isAskedAgain)
    running = null
  }
  return () => {
    if (running !== null) isAskedAgain = true
    return (running ??= run())
  }
}
