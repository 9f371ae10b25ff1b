import { HoldfastError } from '#base'
import type { DeviceId } from '#model'

/** Who answered, of the devices that were asked for a chunk, that it is not there. */
export interface Absence {
  /** Of those that have the folder. */
  open: readonly DeviceId[]
  /** Of those that hold sealed blocks of it. */
  sealed: readonly DeviceId[]
  /** All that were asked answered so: none was lost, took too long, or gave what is no such chunk. */
  isSure: boolean
}

/** Thrown where no connected device gives a chunk. */
export class AbsentError extends HoldfastError {
  readonly absence: Absence

  constructor(absence: Absence) {
    super('not-found', 'no connected device has this chunk')
    this.absence = absence
  }
}

/** Neither those that have the folder have it, nor those that hold blocks. */
export function bothAbsent({ absence: { open, isSure } }: AbsentError, { absence }: AbsentError): AbsentError {
  return new AbsentError({ open, sealed: absence.sealed, isSure: isSure && absence.isSure })
}
