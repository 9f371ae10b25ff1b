import { errnoOf, messageOf, systemWords } from '#base'
import type { StepResult } from './folder-disk.ts'
import { BoundaryFault } from './tree.ts'

type Failure = Extract<StepResult, { ok: false }>

/** Why one step of a transition did not happen; the run goes on. */
export class StepFault extends Error {
  readonly code: Failure['code']

  constructor(code: Failure['code'], message: string) {
    super(message)
    this.code = code
  }
}

export function changed(path: string): StepFault {
  return new StepFault('changed', `${path} is not what it was: it was edited here meanwhile`)
}

/** What a step threw, as its result. */
export function stepFailure(error: unknown): Failure {
  if (error instanceof StepFault) return { ok: false, code: error.code, message: error.message }
  if (error instanceof BoundaryFault) return { ok: false, code: 'device-boundary', message: error.message }
  const code = errnoOf(error)
  const message = messageOf(error)
  switch (code) {
    case 'ENOSPC':
    case 'EDQUOT':
      return { ok: false, code: 'full', message: 'the disk is full' }
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
    case 'EBUSY':
    case 'ETXTBSY':
      return { ok: false, code: 'denied', message: `it cannot be changed here: ${systemWords(code, message)}` }
    case 'ENAMETOOLONG':
    case 'EINVAL':
    case 'EILSEQ':
      return {
        ok: false,
        code: 'name',
        message: code === 'ENAMETOOLONG' ? 'its name is too long for this disk' : 'this disk cannot hold its name',
      }
    case 'ENOTEMPTY':
      return { ok: false, code: 'not-empty', message: 'the directory has something in it' }
    // Found between the look and the deed: somebody else was there.
    case 'EEXIST':
    case 'ENOENT':
    case 'ENOTDIR':
    case 'EISDIR':
    case 'ELOOP':
      return { ok: false, code: 'changed', message: 'it was changed here meanwhile' }
    default:
      return { ok: false, code: 'io', message: `it could not be brought here: ${systemWords(code, message)}` }
  }
}
