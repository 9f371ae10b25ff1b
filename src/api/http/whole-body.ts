import { HoldfastError } from '#base'

/** What is sent, where it is to be so many bytes: throws at its end where others came. Some of what carries a body ends one that was cut off as if it were whole. */
export async function* wholeBody(body: AsyncIterable<Uint8Array>, path: string, size: number): AsyncGenerator<Uint8Array> {
  let got = 0
  for await (const piece of body) {
    got += piece.length
    if (got > size) break
    yield piece
  }
  if (got === size) return
  const came = got > size ? `more than ${size}` : `${got} of ${size}`
  throw new HoldfastError('usage', `the content of ${path} did not come whole, but ${came} bytes: nothing was put`, {
    reason: 'not-whole',
    values: { path },
    hint: 'send it again',
  })
}
