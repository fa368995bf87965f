/** An identifier as SQL text, safe whatever it holds: `"order ""x"""`. */
export const quoteIdentifier = (name: string): string => `"${name.replaceAll('"', '""')}"`

/** A text literal as SQL text. DuckDB knows no backslash escapes in it. */
export const quoteLiteral = (text: string): string => `'${text.replaceAll("'", "''")}'`

/** The same for text that may hold NUL, at which DuckDB's parser takes a statement to end. */
export const quoteAnyText = (text: string): string =>
  text.split('\0').map(quoteLiteral).join(' || chr(0) || ')
