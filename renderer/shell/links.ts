/** What other programs may open this app by: an invite. It fills a form in the page, which somebody still has to send. */
const LINK = /^holdfast:\/\/join\/([a-z0-9-]{1,400})\/?$/i

/** The place in the page that a deep link leads to; null for all else that may come as one. */
export function placeOf(link: string): string | null {
  const code = LINK.exec(link)?.[1]
  return code === undefined ? null : `/peers?join=${code}`
}

/** The link in a command line, as Windows and Linux start the app for one. */
export function linkIn(argv: readonly string[]): string | null {
  return argv.find((word) => /^holdfast:/i.test(word)) ?? null
}
