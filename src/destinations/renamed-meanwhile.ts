import { SluiceError } from '../model/errors.ts'

/** Of an account that somebody has renamed since the run asked for its name. */
export const renamedMeanwhile = (account: string, name: string, place: string): SluiceError =>
  new SluiceError(
    'renamed-account',
    `Account "${account}" was renamed to "${name}" in "${place}" while this run was reading it. Run the same command again.`,
    { facts: { account }, retry: 'now' },
  )
