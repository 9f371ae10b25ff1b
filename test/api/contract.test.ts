import { describe, expect, it } from 'vitest'
import { ERROR_CODES } from '#base'
import { EVENT_NAMES, HTTP_STATUS, openApiDocument, operations, pathKeys, type Operation } from '#api/contract'

type Json = Record<string, unknown>

describe('the contract', () => {
  it('knows exactly the error codes of the program', () => {
    expect(Object.keys(HTTP_STATUS).toSorted()).toEqual([...ERROR_CODES].toSorted())
  })

  it('gives every operation a route of its own, whose path keys are in its input', () => {
    const routes = new Set<string>()
    for (const [name, operation] of Object.entries(operations) as [string, Operation][]) {
      routes.add(`${operation.method} ${operation.path}`)
      for (const key of pathKeys(operation.path))
        expect({ [name]: Object.keys(operation.input.shape) }).toEqual({ [name]: expect.arrayContaining([key]) })
    }
    expect(routes.size).toBe(Object.keys(operations).length)
  })
})

describe('openapi.json', () => {
  const document = openApiDocument('1.2.3') as {
    openapi: string
    paths: Record<string, Record<string, Json>>
    components: { schemas: Json; responses: Json }
  }

  it('describes every operation, and the event stream', () => {
    const ids = Object.values(document.paths).flatMap((methods) => Object.values(methods).map((entry) => entry['operationId']))
    expect(new Set(ids).size).toBe(ids.length)
    expect(ids).toEqual(expect.arrayContaining([...Object.keys(operations), 'events']))
    expect(document.openapi).toBe('3.1.0')
  })

  it('has no reference that leads nowhere', () => {
    const text = JSON.stringify(document)
    const references = [...text.matchAll(/"\$ref":"([^"]+)"/g)].map((match) => match[1] ?? '')
    expect(references.length).toBeGreaterThan(20)
    for (const reference of new Set(references)) {
      const found = reference
        .slice(2)
        .split('/')
        .reduce<unknown>((at, key) => (at as Json | undefined)?.[key], document)
      expect([reference, typeof found]).toEqual([reference, 'object'])
    }
  })

  it('declares every key of a path as a required parameter, and no key twice', () => {
    for (const [path, methods] of Object.entries(document.paths)) {
      for (const entry of Object.values(methods)) {
        const parameters = (entry['parameters'] ?? []) as { name: string; in: string; required: boolean; schema: unknown }[]
        const inPath = parameters.filter((parameter) => parameter.in === 'path')
        expect(inPath.map(({ name }) => `{${name}}`)).toEqual([...path.matchAll(/\{\w+\}/g)].map(([key]) => key))
        expect(inPath.every(({ required }) => required)).toBe(true)
        expect(parameters.every(({ schema }) => schema !== undefined)).toBe(true)
      }
    }
  })

  it('names every kind of event', () => {
    for (const name of EVENT_NAMES) expect(JSON.stringify(document.components.schemas['Event'])).toContain(`"const":"${name}"`)
  })
})
