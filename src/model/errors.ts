/**
 * Whose move it is. It decides the exit code, and whether trying the same thing again can help:
 * `usage` wrong flag, URI or file (2) · `credentials` key or scope (3) · `source` Klaviyo · `destination` the
 * database · `bug` ours (all 1) · `interrupted` the user said stop (130).
 */
export type Fault = 'usage' | 'credentials' | 'source' | 'destination' | 'bug' | 'interrupted'

/** Anything sluice reports to a person: one sentence, the thing in quotes, the next step. */
export class SluiceError extends Error {
  override readonly name: string = 'SluiceError'
  readonly fault: Fault

  constructor(fault: Fault, message: string, options?: { cause?: unknown }) {
    super(message, options)
    this.fault = fault
  }
}

/** Exit codes as users see them; see docs. */
export const exitCodes: Readonly<Record<Fault, number>> = {
  usage: 2,
  credentials: 3,
  source: 1,
  destination: 1,
  bug: 1,
  interrupted: 130,
}
