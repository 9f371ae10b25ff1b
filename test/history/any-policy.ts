import fc from 'fast-check'
import type { RetentionPolicy } from '#history'

const anyCount = fc.oneof(
  { weight: 4, arbitrary: fc.constant(0) },
  { weight: 4, arbitrary: fc.integer({ min: 1, max: 4 }) },
  { weight: 1, arbitrary: fc.constant(-1) },
)
const anyPart = fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.integer({ min: 1, max: 40 }) })

/** Any policy, empty ones too: small counts, so that they are used up by few versions. */
export const anyPolicy: fc.Arbitrary<RetentionPolicy> = fc.record({
  last: anyCount,
  hourly: anyCount,
  daily: anyCount,
  weekly: anyCount,
  monthly: anyCount,
  yearly: anyCount,
  within: fc.record({ years: anyPart, months: anyPart, days: anyPart, hours: anyPart }),
})
