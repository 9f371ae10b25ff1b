/** What a sentence says by a code of its own, and what goes with it, for those who tell it in other words or another language. */
export interface Told {
  /** Finer than the code: one for each sentence. */
  reason?: string | undefined
  values?: Readonly<Record<string, string | number>> | undefined
}

/** The two alone, without what is not there. */
export function toldOf({ reason, values }: Told): { reason?: string; values?: Record<string, string | number> } {
  return { ...(reason === undefined ? {} : { reason }), ...(values === undefined ? {} : { values: { ...values } }) }
}
