import { createClient, type Transport } from '#api/client'

/** To the daemon that served this page. In the app the page's host answers where no daemon does: that is no answer. */
export const transport: Transport = async (path, init) => {
  const answer = await fetch(path, { ...init, credentials: 'same-origin', cache: 'no-store' })
  if (answer.status === SILENT && (await isNoDaemon(answer.clone()))) throw new TypeError('the daemon does not answer')
  return answer
}

const SILENT = 503

export async function isNoDaemon(answer: Response): Promise<boolean> {
  const body = (await answer.json().catch(() => null)) as { error?: { code?: string } } | null
  return body?.error?.code === 'no-daemon'
}

export const api = createClient(transport)
