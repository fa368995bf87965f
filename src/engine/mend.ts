import { wrapNumber } from './mended.ts'

/** Strings, and numbers outside of them. */
const TOKENS = /"(?:[^"\\]|\\.)*"|-?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/gs

/** A surrogate escape; valid only as a high one right before a low one. */
const SURROGATES =
  /\\\\|\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\u[dD][89a-fA-F][0-9a-fA-F]{2}/g

/**
 * Rewrites a body so that DuckDB takes it and nothing is lost: numbers whose digits would change are wrapped
 * (see mended.ts), and halves of surrogate pairs, which are no character, become U+FFFD.
 */
export function mend(body: string): string {
  const withoutMark = body.startsWith('\uFEFF') ? body.slice(1) : body
  return withoutMark.replace(TOKENS, (token) => {
    if (token.startsWith('"')) return token.includes('\\u') ? mendString(token) : token
    return isExact(token) ? token : wrapNumber(token)
  })
}

const mendString = (token: string): string =>
  token.replace(SURROGATES, (escape) => (escape.length === 6 ? '\\uFFFD' : escape))

/** Whether reading a number as a double and writing it again gives the same value. */
function isExact(token: string): boolean {
  if (!/[.eE]/.test(token)) return true
  const double = Number(token)
  return !Number.isFinite(double) || sameNumber(String(double), token)
}

/** Compares two spellings of numbers by their digits and exponent. */
function sameNumber(left: string, right: string): boolean {
  const a = normal(left)
  const b = normal(right)
  return a.digits === b.digits && (a.exponent === b.exponent || a.digits === '')
}

function normal(number: string): Readonly<{ digits: string; exponent: number }> {
  const [mantissa = '', exponent = '0'] = number.replace(/^-/, '').toLowerCase().split('e')
  const [whole = '', fraction = ''] = mantissa.split('.')
  const digits = `${whole}${fraction}`.replace(/^0+/, '')
  const trimmed = digits.replace(/0+$/, '')
  return { digits: trimmed, exponent: Number(exponent) - fraction.length + (digits.length - trimmed.length) }
}
