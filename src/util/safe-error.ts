import { SluiceError } from '../model/errors.ts'
import type { Redact } from './redact.ts'

/** Causes of causes of causes: deeper, nobody looks. */
const DEPTH = 5

/**
 * An error as it may leave sluice: code and sentence stay, secrets are taken out of it and of its causes, and of
 * those nothing is kept but name, message, code and trace (a driver's error carries whole rows and statements).
 */
export function safeError(error: unknown, redact: Redact): SluiceError {
  const known = explained(error)
  const safe = new SluiceError(known.code, (option) => redact(known.spelled(option)), {
    facts: safeValue(known.facts, redact),
    retry: known.retry,
    ...causeOf(known.cause, redact, DEPTH),
  })
  safe.stack = redactedStack(known, safe.message, redact)
  return safe
}

/** An error that nobody has foreseen, as one sentence. */
export function explained(error: unknown): SluiceError {
  if (error instanceof SluiceError) return error
  if (error instanceof Error && error.name === 'AbortError') return interrupted(error)
  const words = error instanceof Error ? error.message : String(error)
  const reason = (words.trim().split('\n', 1)[0] ?? '').replace(/\.$/, '')
  return new SluiceError(
    'bug',
    `Something went wrong that sluice does not know about: ${reason}. What was loaded is kept; run the same again, and if it stays, report it with the trace that SLUICE_DEBUG=1 shows.`,
    { cause: error },
  )
}

/** That somebody said stop is no failure: everything that was committed is kept. */
export const interrupted = (cause?: unknown): SluiceError =>
  new SluiceError(
    'interrupted',
    'Stopped. What was loaded is kept; run the same command again to go on from here.',
    { cause },
  )

/** Every text in a plain value made safe. */
export function safeValue<Value>(value: Value, redact: Redact): Value
export function safeValue(value: unknown, redact: Redact): unknown {
  if (typeof value === 'string') return redact(value)
  if (value instanceof SluiceError) return safeError(value, redact)
  if (Array.isArray(value)) return value.map((each: unknown) => safeValue(each, redact))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, safeValue(each, redact)]))
}

function causeOf(cause: unknown, redact: Redact, depth: number): Readonly<{ cause?: unknown }> {
  if (cause === undefined || depth === 0) return {}
  if (cause instanceof SluiceError) return { cause: safeError(cause, redact) }
  if (!(cause instanceof Error)) return { cause: typeof cause === 'string' ? redact(cause) : typeof cause }
  const safe = new Error(redact(cause.message), causeOf(cause.cause, redact, depth - 1))
  safe.name = cause.name
  safe.stack = redactedStack(cause, safe.message, redact)
  if ('code' in cause && typeof cause.code === 'string') Object.assign(safe, { code: cause.code })
  return { cause: safe }
}

/** The trace of an error below the safe message: what stands before its first line of trace is the message again. */
function redactedStack({ name, stack = '' }: Error, message: string, redact: Redact): string {
  const at = stack.search(/^\s+at /m)
  const lines = at === -1 ? '' : `\n${stack.slice(at).split('\n').map(redact).join('\n')}`
  return `${name}: ${message}${lines}`
}
