import { SluiceError } from '../model/errors.ts'
import type { OptionName } from '../model/spelling.ts'
import { nearest } from '../util/nearest.ts'
import { holdsSecret } from '../util/secrets-in.ts'

/** What an option of the library takes. A `uri` is a text that may hold a secret. */
export type OptionKind = 'uri' | 'text' | 'flag' | 'count' | 'signal' | 'function' | 'variables'

export type OptionKinds = Readonly<Partial<Record<OptionName, OptionKind>>>

const WANTED: Readonly<Record<OptionKind, string>> = {
  uri: 'a text',
  text: 'a text',
  flag: 'true or false',
  count: 'a number or a text',
  signal: 'an AbortSignal',
  function: 'a function',
  variables: 'an object of texts, as process.env is',
}

const FITS: Readonly<Record<OptionKind, (value: unknown) => boolean>> = {
  uri: (value) => typeof value === 'string',
  text: (value) => typeof value === 'string',
  flag: (value) => typeof value === 'boolean',
  count: (value) => typeof value === 'number' || typeof value === 'string',
  signal: (value) => isObject(value) && typeof value['aborted'] === 'boolean' && 'addEventListener' in value,
  function: (value) => typeof value === 'function',
  variables: (value) =>
    isObject(value) && Object.values(value).every((each) => each === undefined || typeof each === 'string'),
}

/**
 * Checks what a program gives as options, which no compiler may have seen: names, kinds, what is required, and that no
 * key or password stands where it would be repeated.
 * @throws SluiceError `usage`; it names the option, and never shows a value
 */
export function checkOptions(options: unknown, kinds: OptionKinds, required: readonly OptionName[]): void {
  if (!isObject(options))
    throw new SluiceError(
      'invalid-option',
      `The options must be an object, not ${named(options)}. See docs/library.md for what belongs in it.`,
    )
  for (const name of Object.keys(options)) if (!Object.hasOwn(kinds, name)) throw unknown(name, kinds)
  for (const name of required)
    if (options[name] === undefined)
      throw new SluiceError('missing-option', (option) => `${option(name)} is missing.`, {
        facts: { option: name },
      })
  for (const [name, kind] of Object.entries(kinds) as readonly (readonly [OptionName, OptionKind])[]) {
    const value = options[name]
    if (value === undefined) continue
    if (!FITS[kind](value))
      throw new SluiceError(
        'invalid-option',
        (option) => `${option(name)} must be ${WANTED[kind]}, not ${named(value)}.`,
        { facts: { option: name } },
      )
    if ((kind === 'text' || kind === 'count') && typeof value === 'string' && holdsSecret(value))
      throw new SluiceError(
        'misplaced-secret',
        (option) =>
          `${option(name)} holds what looks like a URI, a key or a password, which belongs into ${option('sourceUri')} or ${option('destUri')} alone. Were two of them swapped?`,
        { facts: { option: name } },
      )
  }
}

function unknown(name: string, kinds: OptionKinds): SluiceError {
  const names = Object.keys(kinds)
  const similar = nearest(name, names)
  return new SluiceError(
    'unknown-option',
    `There is no option "${name}". ${similar === null ? `There are ${names.join(', ')}.` : `Did you mean "${similar}"?`}`,
    { facts: { option: name } },
  )
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function named(value: unknown): string {
  if (value === null || value === undefined) return String(value)
  if (Array.isArray(value)) return 'a list'
  const names: Readonly<Record<string, string>> = {
    string: 'a text',
    boolean: 'true or false',
    number: 'a number',
    bigint: 'a number',
    symbol: 'a symbol',
    function: 'a function',
  }
  const date = value instanceof Date ? 'a Date: write it as a text, like "2022-01-01T12:00:00Z"' : 'an object'
  return names[typeof value] ?? date
}
