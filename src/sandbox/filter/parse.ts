/** A value in a filter, with how it was spelled: strings are quoted, everything else is bare. */
export type Literal = Scalar | Readonly<{ kind: 'list'; values: readonly Scalar[] }>

type Scalar = Readonly<{ kind: 'string'; value: string }> | Readonly<{ kind: 'bare'; value: string }>

export type Condition = Readonly<{ operator: string; field: string; value: Literal | null }>

/** The text is no filter. */
export class NotAFilter extends Error {
  override readonly name = 'NotAFilter'
}

/**
 * Klaviyo's grammar: conditions joined by commas or wrapped in `and(…)`, strings in either quote with JSON's escapes,
 * lists in brackets. `and` may hold a single condition; it does not nest, and there is no `or`.
 */
export function parseFilter(text: string): readonly Condition[] {
  const reader = new Reader(text)
  const wrapped = /^\s*and\s*\(/.test(text)
  if (wrapped) {
    reader.word()
    reader.expect('(')
  }
  const conditions = [condition(reader)]
  while (reader.take(',')) conditions.push(condition(reader))
  if (wrapped) reader.expect(')')
  reader.end()
  return conditions
}

function condition(reader: Reader): Condition {
  const operator = reader.word()
  reader.expect('(')
  const field = reader.field()
  const value = reader.take(',') ? literal(reader) : null
  reader.expect(')')
  return { operator, field, value }
}

function literal(reader: Reader): Literal {
  if (!reader.take('[')) return scalar(reader)
  const values: Scalar[] = []
  if (reader.take(']')) return { kind: 'list', values }
  do values.push(scalar(reader))
  while (reader.take(','))
  reader.expect(']')
  return { kind: 'list', values }
}

/** Lists do not nest; as a recursion, thousands of brackets would overflow the stack. */
function scalar(reader: Reader): Scalar {
  const quoted = reader.quoted()
  return quoted === null ? { kind: 'bare', value: reader.bare() } : { kind: 'string', value: quoted }
}

/** Within single quotes `\'` is an escape and `"` is not; JSON has it the other way round. */
const asJson = (found: string): string => (found === '"' ? '\\"' : found === "\\'" ? "'" : found)

class Reader {
  readonly #text: string
  #at = 0

  constructor(text: string) {
    this.#text = text
  }

  #match(pattern: RegExp): string | null {
    const sticky = new RegExp(pattern, 'y')
    sticky.lastIndex = this.#at
    const found = sticky.exec(this.#text)?.[0]
    if (found === undefined) return null
    this.#at += found.length
    return found
  }

  #blanks(): void {
    this.#match(/\s*/)
  }

  #fail(): never {
    throw new NotAFilter(`unexpected text at ${this.#at}`)
  }

  take(sign: string): boolean {
    this.#blanks()
    if (this.#text[this.#at] !== sign) return false
    this.#at += 1
    return true
  }

  expect(sign: string): void {
    if (!this.take(sign)) this.#fail()
  }

  word(): string {
    this.#blanks()
    return this.#match(/[a-z]+(-[a-z]+)*/) ?? this.#fail()
  }

  field(): string {
    this.#blanks()
    return this.#match(/[A-Za-z_$][\w$.-]*/) ?? this.#fail()
  }

  quoted(): string | null {
    this.#blanks()
    const text = this.#match(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'/)
    if (text === null) return null
    const inner = text.slice(1, -1)
    if (!inner.includes('\\')) return inner
    try {
      return JSON.parse(`"${inner.replace(/\\.|"/g, asJson)}"`) as string
    } catch {
      return this.#fail()
    }
  }

  bare(): string {
    this.#blanks()
    return this.#match(/[A-Za-z0-9+:.-]+(?: [0-9:.+-]+)?/) ?? this.#fail()
  }

  end(): void {
    this.#blanks()
    if (this.#at !== this.#text.length) this.#fail()
  }
}
