import { cutOff, type ReceivedContent } from '#api/client'

/** Content, which fails where not all of it comes. */
export async function* whole({ body, size }: ReceivedContent, path: string): AsyncGenerator<Uint8Array> {
  let got = 0
  try {
    for await (const piece of body) {
      got += piece.length
      yield piece
    }
  } catch (cause) {
    throw cutOff(path, got, size, cause)
  }
  if (got !== size) throw cutOff(path, got, size)
}
