import { inspect } from 'node:util'

const MASK = '***'

/** Text that cannot be printed by accident: string, JSON and inspector all show `***`. */
export class Secret {
  readonly #text: string

  constructor(text: string) {
    this.#text = text
  }

  /** The text itself, for the one place that must send it. */
  reveal(): string {
    return this.#text
  }

  /** The same text with every occurrence of the secret masked: for words that come from elsewhere. */
  mask(text: string): string {
    return this.#text === '' ? text : text.replaceAll(this.#text, MASK)
  }

  toString(): string {
    return MASK
  }

  toJSON(): string {
    return MASK
  }

  [inspect.custom](): string {
    return MASK
  }
}
