import type { Told } from './told.ts'

interface Words {
  what: string
  todo: string
}

const RIGHTS = 'give the user that Holdfast runs as the right to it'
const DISK = 'check the disk and its connection'

/** What the codes of system errors mean that a user can meet, as the end of a sentence, and what to do. */
export const SYSTEM_WORDS: Readonly<Record<string, Words>> = {
  ENOENT: { what: 'nothing is there', todo: 'check the path' },
  ENOTDIR: { what: 'something on the way to it is no directory', todo: 'check the path' },
  EISDIR: { what: 'it is a directory', todo: 'name a file' },
  ELOOP: { what: 'links lead in a circle there', todo: 'check the path' },
  EEXIST: { what: 'something else is there already', todo: 'move that away, or choose another path' },
  ENOTEMPTY: { what: 'the directory has something in it', todo: 'move that away, or choose another path' },
  ENAMETOOLONG: { what: 'the name is too long for this disk', todo: 'choose a shorter one' },
  EILSEQ: { what: 'this disk cannot hold the name', todo: 'choose another one' },
  EACCES: { what: 'permission is denied', todo: RIGHTS },
  EPERM: { what: 'the system does not allow it', todo: RIGHTS },
  EROFS: { what: 'the disk can only be read', todo: 'make the disk writable, or choose a path on another one' },
  EBUSY: { what: 'a program has it open', todo: 'close that program' },
  ETXTBSY: { what: 'a program has it open', todo: 'close that program' },
  ENOSPC: { what: 'the disk is full', todo: 'free some space' },
  EDQUOT: { what: 'your share of the disk is used up', todo: 'free some space' },
  EFBIG: { what: 'the file is too large for this disk', todo: 'use a disk that holds larger files' },
  EIO: { what: 'the disk failed', todo: DISK },
  ENODEV: { what: 'the disk is gone', todo: DISK },
  ENXIO: { what: 'the disk is gone', todo: DISK },
  ESTALE: { what: 'the disk is gone', todo: DISK },
  EMFILE: { what: 'too many files are open', todo: 'raise the limit of open files (ulimit -n)' },
  ENFILE: { what: 'too many files are open', todo: 'raise the limit of open files (ulimit -n)' },
  ENOMEM: { what: 'memory is used up', todo: 'close other programs' },
  EADDRINUSE: { what: 'another program uses the address', todo: 'choose another address or port' },
  EADDRNOTAVAIL: { what: 'this computer does not have the address', todo: 'choose another address' },
  ENOTFOUND: { what: 'no computer of that name is known', todo: 'check the name' },
}

/** What is done to a path by a system call, for `cannot be …`. */
export const DEEDS: Readonly<Record<string, string>> = {
  open: 'opened',
  mkdir: 'made',
  rmdir: 'removed',
  unlink: 'removed',
  rename: 'renamed',
  write: 'written',
  read: 'read',
  readlink: 'read',
  scandir: 'read',
  stat: 'looked at',
  lstat: 'looked at',
  listen: 'listened at',
}

/** What a system error says, without its code where there are words for it: the end of a sentence. */
export function systemWords(code: string | undefined, otherwise: string): string {
  return SYSTEM_WORDS[code ?? '']?.what ?? (code === undefined ? otherwise : `the system says ${code}`)
}

/** A system error as a sentence and what to do; undefined for any other error, and such as there are no words for. */
export function systemSentence(error: unknown): ({ message: string; hint: string } & Required<Told>) | undefined {
  if (!(error instanceof Error)) return undefined
  const { code, syscall, path, address, port } = error as NodeJS.ErrnoException & { address?: string; port?: number }
  const words = SYSTEM_WORDS[code ?? '']
  if (words === undefined) return undefined
  const where = path ?? (address === undefined ? undefined : `${address}${port === undefined ? '' : `:${port}`}`)
  const deed = DEEDS[syscall ?? ''] ?? 'used'
  return {
    message: where === undefined ? words.what : `${where} cannot be ${deed}: ${words.what}`,
    hint: words.todo,
    reason: 'system',
    values: { system: code!, deed, path: where ?? '' },
  }
}
