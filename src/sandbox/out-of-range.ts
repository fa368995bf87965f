/** Something was asked of the sandbox that it does not have: an account, a table, a time. The message says so. */
export class OutOfRange extends RangeError {
  override readonly name = 'OutOfRange'
}
