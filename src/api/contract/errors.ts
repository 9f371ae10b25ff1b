import * as z from 'zod'

/** The codes of every failure a caller can meet, with the HTTP status that carries each. */
export const HTTP_STATUS = {
  usage: 400,
  'no-daemon': 503,
  'not-found': 404,
  exists: 409,
  denied: 403,
  blocked: 409,
  held: 409,
  full: 507,
  timeout: 504,
  offline: 503,
  corrupt: 422,
  conflict: 409,
  unsupported: 501,
  internal: 500,
} as const

export type ApiErrorCode = keyof typeof HTTP_STATUS

const codes = Object.keys(HTTP_STATUS) as [ApiErrorCode, ...ApiErrorCode[]]

/** What any failed request answers: a code for programs, a sentence for people, and what to do about it. */
export const ErrorBody = z
  .object({
    error: z.object({
      code: z.enum(codes),
      message: z.string(),
      hint: z.string().optional(),
      reason: z
        .string()
        .optional()
        .describe('Finer than the code: which sentence it is. Left out where there is no other than the code'),
      values: z
        .record(z.string(), z.union([z.string(), z.number()]))
        .optional()
        .describe('What the sentence of that reason is filled with'),
    }),
  })
  .meta({ id: 'Error' })

export type ErrorBody = z.infer<typeof ErrorBody>
