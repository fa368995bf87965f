import { errorCodes } from './error-codes.ts'
import type { ErrorCode, Fault, Retry } from './error-codes.ts'
import type { Spelling } from './spelling.ts'
import { optionSpelling } from './spelling.ts'

/** What an error is about, for programs; never a row's data, never a secret. */
export type Facts = Readonly<{
  account?: string
  table?: string
  column?: string
  /** Option of `ingest` or `estimate`, in the library's spelling. */
  option?: string
  /** Scopes that the API key lacks. */
  scopes?: readonly string[]
  /** Status of Klaviyo's answer. */
  status?: number
  /** Until it can succeed, as far as known. */
  waitMs?: number
}>

/** A sentence; one that names options is told how its reader writes them. */
export type Sentence = string | ((option: Spelling) => string)

export type ErrorDetails = Readonly<{ cause?: unknown; facts?: Facts; retry?: Retry }>

/**
 * Anything sluice reports: a code for programs, and for people one sentence with the thing in quotes and the next
 * step. `message` is that sentence in the library's spelling of options (`destTable`).
 */
export class SluiceError extends Error {
  override readonly name: string = 'SluiceError'
  readonly code: ErrorCode
  readonly fault: Fault
  readonly retry: Retry
  readonly facts: Facts
  readonly #sentence: Sentence

  constructor(code: ErrorCode, sentence: Sentence, { cause, facts = {}, retry }: ErrorDetails = {}) {
    super(spelled(sentence, optionSpelling), cause === undefined ? undefined : { cause })
    this.code = code
    this.fault = errorCodes[code].fault
    this.retry = retry ?? errorCodes[code].retry
    this.facts = facts
    this.#sentence = sentence
  }

  /** The message for a reader who writes options another way: `--dest-table`. */
  spelled(spelling: Spelling): string {
    return spelled(this.#sentence, spelling)
  }

  toJSON(): Readonly<Record<string, unknown>> {
    const { code, fault, retry, facts, message } = this
    return { code, fault, retry, facts, message }
  }
}

const spelled = (sentence: Sentence, spelling: Spelling): string =>
  typeof sentence === 'string' ? sentence : sentence(spelling)
