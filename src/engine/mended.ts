/**
 * Wraps a number whose digits would not survive DuckDB, so that it travels as a string: U+0001, a word, the
 * number as it came. JSON text in DuckDB spells U+0001 as an escape.
 */
export const wrapNumber = (number: string): string => `"\\u0001sluice:${number}"`

/** SQL that takes the wrapping off JSON text again. */
export const unwrapJson = (json: string): string =>
  `case when contains(cast(${json} as varchar), '\\u0001sluice:') then cast(regexp_replace(cast(${json} as varchar), '"\\\\u0001sluice:([^"]*)"', '\\1', 'g') as json) else ${json} end`

/** SQL that takes the wrapping off plain text. */
export const unwrapText = (text: string): string => `regexp_replace(${text}, '^\\x01sluice:', '')`
