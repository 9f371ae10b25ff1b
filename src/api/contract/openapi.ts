import * as z from 'zod'
import { contentOperations } from './entry-operations.ts'
import { ErrorBody, HTTP_STATUS } from './errors.ts'
import { ApiEvent } from './events.ts'
import { pathKeys, type Operation } from './operation.ts'
import { operations } from './operations.ts'

type Json = Record<string, unknown>

const ERROR_RESPONSE = { $ref: '#/components/responses/Error' }

/** The OpenAPI 3.1 document of the whole API, made from the table of operations. */
export function openApiDocument(version: string): Json {
  const schemas = new Schemas()
  const paths: Record<string, Json> = {}
  const add = (path: string, method: string, entry: Json): void => {
    const key = `/api/v1${path.replaceAll(/:(\w+)/g, '{$1}')}`
    ;(paths[key] ??= {})[method.toLowerCase()] = entry
  }

  for (const [name, operation] of Object.entries(operations) as [string, Operation][]) {
    add(operation.path, operation.method, describe(name, operation, schemas))
  }
  for (const [name, operation] of Object.entries(contentOperations) as [string, Operation][]) {
    add(operation.path, operation.method, describeContent(describe(name, operation, schemas, false), operation))
  }
  add('/events', 'GET', {
    operationId: 'events',
    summary: 'What changes, from now on, as server-sent events; `event` names the kind, `data` is its JSON',
    responses: {
      200: { description: 'The stream', content: { 'text/event-stream': { schema: schemas.of(ApiEvent, 'output') } } },
    },
  })

  const error = schemas.of(ErrorBody, 'output')
  return {
    openapi: '3.1.0',
    info: { title: 'Holdfast', version, license: { name: 'MIT', identifier: 'MIT' } },
    paths,
    components: {
      schemas: schemas.named,
      responses: {
        Error: {
          description: `The status follows the code: ${Object.entries(HTTP_STATUS)
            .map(([code, status]) => `${code} ${status}`)
            .join(', ')}`,
          content: { 'application/json': { schema: error } },
        },
      },
    },
  }
}

/** Content is no JSON: it is what a GET answers and what a PUT sends. */
function describeContent(entry: Json, { method }: Operation): Json {
  const content = { 'application/octet-stream': { schema: { type: 'string', format: 'binary' } } }
  if (method === 'PUT') return { ...entry, requestBody: { required: true, content } }
  const responses = {
    200: { description: 'All of it', content },
    206: { description: 'The range that was asked for', content },
    304: { description: 'The version is the one that is known' },
    416: ERROR_RESPONSE,
    default: ERROR_RESPONSE,
  }
  return { ...entry, responses }
}

function describe(
  name: string,
  operation: Operation,
  schemas: Schemas,
  hasBody = operation.method === 'POST' || operation.method === 'PUT',
): Json {
  const input = schemas.of(operation.input, 'input')
  const properties = (input['properties'] ?? {}) as Record<string, Json>
  const required = new Set((input['required'] ?? []) as string[])
  const inPath = new Set(pathKeys(operation.path))
  const others = Object.keys(properties).filter((key) => !inPath.has(key))

  const parameter = (key: string, place: 'path' | 'query'): Json => ({
    name: key,
    in: place,
    required: place === 'path' || required.has(key),
    schema: properties[key],
  })
  const body: Json = {
    type: 'object',
    properties: Object.fromEntries(others.map((key) => [key, properties[key]])),
    required: others.filter((key) => required.has(key)),
    additionalProperties: false,
  }
  return {
    operationId: name,
    summary: operation.summary,
    ...(operation.command === null ? {} : { 'x-command': operation.command }),
    parameters: [
      ...[...inPath].map((key) => parameter(key, 'path')),
      ...(hasBody ? [] : others.map((key) => parameter(key, 'query'))),
    ],
    ...(hasBody && others.length > 0
      ? { requestBody: { required: true, content: { 'application/json': { schema: body } } } }
      : {}),
    responses: {
      200: { description: 'Done', content: { 'application/json': { schema: schemas.of(operation.result, 'output') } } },
      default: ERROR_RESPONSE,
    },
  }
}

/** JSON Schemas whose named parts are collected in one place, where a document's `$ref`s point. */
class Schemas {
  readonly named: Record<string, Json> = {}

  of(schema: z.ZodType, io: 'input' | 'output'): Json {
    const { $schema: _, $defs = {}, ...rest } = moved(z.toJSONSchema(schema, { io })) as Json & { $defs?: Record<string, Json> }
    Object.assign(this.named, $defs)
    return rest
  }
}

function moved(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value).replaceAll('"#/$defs/', '"#/components/schemas/')) as unknown
}
