/** The same calls, answered at once. */
export type Synchronous<T> = {
  [K in keyof T]: T[K] extends (...args: infer A) => Promise<infer R> ? (...args: A) => R : never
}

/** An object of any interface of asynchronous calls, each of which becomes `call(method, args)`. */
export function promised<T extends object>(call: (method: string, args: unknown[]) => Promise<unknown>): T {
  return new Proxy(Object.create(null) as T, {
    get(_target, method) {
      // A promise that resolves to this object asks it for `then`: it is no promise itself.
      if (typeof method !== 'string' || method === 'then') return undefined
      return (...args: unknown[]) => call(method, args)
    },
  })
}

/** Calls a method of an object by its name. */
export function invoke(target: object, method: string, args: unknown[]): unknown {
  const found: unknown = Reflect.get(target, method)
  if (typeof found !== 'function') throw new TypeError(`there is no method ${method}`)
  return Reflect.apply(found, target, args) as unknown
}

/**
 * The asynchronous face of an object in the same thread (`inProcess<FolderIndex>(openFolderIndex(…))`): each call is done when it
 * returns, so that what follows is the same in every run.
 */
export function inProcess<T extends object>(target: Synchronous<T>): T {
  return promised<T>(async (method, args) => invoke(target as object, method, args))
}
