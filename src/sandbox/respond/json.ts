import { randomUUID } from 'node:crypto'

/** Begins the text that stands for an integer: random, so that no text of a row can be taken for one. */
const MARK = `integer ${randomUUID()} `
const MARKED = new RegExp(`"${MARK}(-?\\d+)"`, 'g')

/**
 * JSON text of a value. Integers too large for a double are given as `bigint` and come out with all their digits,
 * which plain `JSON.stringify` cannot do.
 */
export function jsonText(value: unknown): string {
  let hasBig = false
  const text = JSON.stringify(value, (_, each: unknown) => {
    if (typeof each !== 'bigint') return each
    hasBig = true
    return `${MARK}${each}`
  })
  return hasBig ? text.replace(MARKED, '$1') : text
}

/** The members of an object's text, each value verbatim. The text is our own and well formed. */
export function members(text: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>()
  let at = text.indexOf('{') + 1
  while (at > 0) {
    const nameStart = text.indexOf('"', at)
    if (nameStart < 0) return found
    const nameEnd = endOfString(text, nameStart)
    const start = text.indexOf(':', nameEnd) + 1
    const end = endOfValue(text, start)
    found.set(JSON.parse(text.slice(nameStart, nameEnd)) as string, text.slice(start, end).trim())
    if (text[end] !== ',') return found
    at = end + 1
  }
  return found
}

function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at += 1) {
    if (text[at] === '\\') at += 1
    else if (text[at] === '"') return at + 1
  }
  return text.length
}

function endOfValue(text: string, start: number): number {
  let depth = 0
  for (let at = start; at < text.length; at += 1) {
    const sign = text[at]
    if (sign === '"') at = endOfString(text, at) - 1
    else if (sign === '{' || sign === '[') depth += 1
    else if (depth === 0 && (sign === ',' || sign === '}')) return at
    else if (sign === '}' || sign === ']') depth -= 1
  }
  return text.length
}
