import { SluiceError } from './errors.ts'
import type { TableFailure } from './run-event.ts'

/**
 * Some tables failed. What came of the others is in `result`, and why each failed in `failures`. Where all failed for
 * the same reason, `code` and `message` are that reason's.
 */
export class RunFailed<Result> extends SluiceError {
  override readonly name: string = 'RunFailed'
  readonly result: Result
  readonly failures: readonly TableFailure[]

  /** @param failures at least one */
  constructor(result: Result, failures: readonly [TableFailure, ...TableFailure[]]) {
    const [{ error: first }] = failures
    const isOne = failures.every(({ error }) => error.message === first.message)
    const codes = new Set(failures.map(({ error }) => error.code))
    super(
      codes.size === 1 ? first.code : 'tables-failed',
      isOne
        ? (option) => first.spelled(option)
        : (option) =>
            `${failures.length} tables failed. ${failures.map(({ table, error }) => `${table}: ${error.spelled(option)}`).join(' ')}`,
      {
        cause: first,
        facts: codes.size === 1 ? first.facts : {},
        ...(codes.size === 1 ? { retry: first.retry } : {}),
      },
    )
    this.result = result
    this.failures = failures
  }
}

/** The result, if no table failed. @throws RunFailed */
export function unlessFailed<Result>(result: Result, [first, ...others]: readonly TableFailure[]): Result {
  if (first !== undefined) throw new RunFailed(result, [first, ...others])
  return result
}
