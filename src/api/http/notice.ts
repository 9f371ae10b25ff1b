import { createHash } from 'node:crypto'

const STYLE = `:root{color-scheme:light dark;font:16px/1.5 system-ui,sans-serif}body{margin:0;min-height:100vh;display:grid;place-items:center;background:light-dark(#f6f7f7,#14191b);color:light-dark(#1c2427,#e4eaec)}main{max-width:26rem;padding:2rem}h1{font-size:1.25rem;margin:0 0 .5rem}p{margin:0;color:light-dark(#55636a,#9db0b8)}`

/** The one inline style that our Content-Security-Policy lets through. */
export const NOTICE_STYLE_HASH = `'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`

/** A whole page with one thing to say; both texts are ours and need no escaping. */
export function noticePage(title: string, text: string): string {
  const sentence = `${text.charAt(0).toUpperCase()}${text.slice(1)}.`
  return `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Holdfast</title><style>${STYLE}</style><main><h1>${title}</h1><p>${sentence}</p></main></html>`
}
