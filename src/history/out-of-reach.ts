import { HoldfastError } from '#base'

/** Thrown where content of a version is neither on this device nor, as far as can be told, on one that is connected. */
export class OutOfReachError extends HoldfastError {
  constructor(message: string) {
    super('offline', message, { hint: 'connect the other devices of the folder (holdfast devices shows them), and try again' })
  }
}
