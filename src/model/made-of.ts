/**
 * What the rows of a target are made of, as far as the user chooses it. It is remembered with the target: rows of two
 * choices in one table are no rows of either. A further choice (columns left out, a filter) is a further member here.
 */
export type MadeOf = Readonly<{
  /** One column per field of nested objects whose fields Klaviyo declares, instead of one of JSON. */
  flatten: boolean
}>

/** What a table must be asked for where nothing is remembered: columns that only rows of one choice fill. */
export type Telltale = Readonly<{ nested: readonly string[]; flat: readonly string[] }>

export const writeMadeOf = ({ flatten }: MadeOf): string => JSON.stringify({ flatten })

/** Null: written by a version that lets users choose more. */
export function readMadeOf(text: string): MadeOf | null {
  const read: unknown = JSON.parse(text)
  if (typeof read !== 'object' || read === null) return null
  const { flatten, ...more } = read as Readonly<Record<string, unknown>>
  return typeof flatten === 'boolean' && Object.keys(more).length === 0 ? { flatten } : null
}

export const sameMadeOf = (one: MadeOf, other: MadeOf): boolean => writeMadeOf(one) === writeMadeOf(other)
