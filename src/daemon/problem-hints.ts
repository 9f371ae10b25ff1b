import { shellWord } from '#base'
import type { Problem } from '#db'

export interface ProblemFolder {
  /** Its deletions wait for the user. */
  isHeld: boolean
  /** This device as a command takes it, where it has the role none in the folder. */
  roleless: string | null
}

/** What to do about each kind of problem; `folder` is the folder's name. */
export function problemHint(code: Problem['code'], folder: string, { isHeld, roleless }: ProblemFolder): string {
  // What vanished may be what it waits for: the directory that it is in.
  if (isHeld && code === 'changing') {
    const word = shellWord(folder)
    return `decide on what vanished: holdfast folder approve ${word} deletes it everywhere, holdfast folder reject ${word} brings it back`
  }
  switch (code) {
    case 'unreadable':
      return 'give the user that Holdfast runs as the right to read it'
    case 'changing':
      return 'nothing: it is looked at again as soon as it comes to rest'
    case 'name':
      return 'give it another name'
    case 'twin':
      return 'rename one of the two on a device that has both'
    case 'full':
      return 'free some space on that disk; it is tried again by itself'
    case 'missing-chunks':
      return `start a device that has it; it comes as soon as one is connected. Where none is left: holdfast rm ${shellWord(`${folder}/PATH`)} deletes the entry, holdfast versions ${shellWord(`${folder}/PATH`)} shows what may be restored in its place`
    case 'local-edit':
      if (roleless !== null)
        return `give this device another role: on one with the role sync, holdfast folder share ${shellWord(folder)} ${roleless} --role sync lets its edits go out; after --role receive-only, holdfast folder revert ${shellWord(folder)} here undoes them`
      return `holdfast folder revert ${shellWord(folder)} takes what the others have instead; yours goes to the archive`
    case 'not-empty':
      return 'move or delete what is in the directory, ignored files too'
    case 'denied':
      return 'close the program that has it open, or give the user that Holdfast runs as the right to write there'
    case 'too-large':
      return 'save the file again on the device that it came from'
    case 'io':
      return 'check the disk and its connection; it is tried again by itself'
    case 'device-boundary':
      return 'share what is on that disk as a folder of its own'
    case 'ignore-rules':
      return 'write one pattern a line, in the syntax of .gitignore, as UTF-8 text'
    case 'special':
      return 'nothing; a line in .holdfastignore keeps it from being listed'
  }
}
