import { basename } from 'node:path'
import { SluiceError } from '../model/errors.ts'

/**
 * A landed page that cannot be loaded as it is on disk: spoilt there, or holding what the engine cannot type. It
 * would stop every later run as well, so whoever meets it sets it aside and reads it anew.
 */
export class UnloadablePage extends SluiceError {
  override readonly name: string = 'UnloadablePage'
  /** The landed file. */
  readonly file: string

  /** @param problem what is wrong with it, as the end of a sentence: `is not JSON` */
  constructor(file: string, problem: string, options?: { cause?: unknown }) {
    super(
      'unusable-answer',
      `The landed page "${basename(file)}" ${problem}. Run the same command again: what is missing is read anew.`,
      options,
    )
    this.file = file
  }
}
