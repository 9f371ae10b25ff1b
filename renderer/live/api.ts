import { createClient } from '#api/client'

/** The daemon that served this page. */
export const api = createClient((path, init) => fetch(path, { ...init, credentials: 'same-origin', cache: 'no-store' }))
