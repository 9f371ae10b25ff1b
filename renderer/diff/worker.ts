import { compareTexts } from './diff-rows.ts'

/** Compares two texts apart from the page, which goes on meanwhile. */
addEventListener('message', ({ data }: MessageEvent<{ before: string; after: string }>) => {
  postMessage(compareTexts(data.before, data.after))
})
