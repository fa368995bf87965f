import { SluiceError } from '../model/errors.ts'

/** A query that the database did not take, or that failed while it ran. What is said to people already is passed on. */
export function refusedQuery(cause: unknown): Error {
  if (cause instanceof SluiceError) return cause
  const message = (cause instanceof Error ? cause.message : String(cause)).trim()
  const sentence = /[.!?]$/.test(message) ? message : `${message}.`
  return new SluiceError('refused-query', `The query failed: ${sentence} Nothing of its result was used.`, {
    cause,
  })
}

/** A result that has fewer rows than the database counted. */
export const brokenOff = (read: number, counted: number): SluiceError =>
  new SluiceError(
    'broken-off',
    `The result broke off after ${read} of ${counted} rows. Run the same command again.`,
  )
