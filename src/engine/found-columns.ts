import type { StageColumn } from '../model/stage.ts'
import { PATH_SEPARATOR } from './undeclared.ts'
import { MORE } from './projection.ts'
import { quoteAnyText } from './quote.ts'
import { unwrapJson, unwrapText } from './mended.ts'

/** Something that came and was not declared. */
export type Found = Readonly<{
  /** `attributes`, `location`, `altitude`. */
  path: readonly string[]
  /** What was seen of it in this batch. */
  hasObject: boolean
  hasArray: boolean
}>

/** A column for it, and SQL that takes its value from a row's `_sluice_more`. */
export type FoundColumn = Readonly<{ column: StageColumn; value: string }>

/** Names and types for what was found, in the order of the paths; `taken` are the names of declared columns. */
export function foundColumns(
  found: readonly Found[],
  { taken, mended }: Readonly<{ taken: readonly string[]; mended: boolean }>,
): readonly FoundColumn[] {
  const names = new Set(taken.map((name) => name.toLowerCase()))
  return found.map(({ path, hasObject, hasArray }) => {
    const raw = `list_filter(${MORE}, lambda e: e.path = (${quoteAnyText(path.join(PATH_SEPARATOR))}))[1].value`
    const json = (sql: string): string => (mended ? unwrapJson(sql) : sql)
    const text = (sql: string): string => (mended ? unwrapText(sql) : sql)
    if (path[0] === 'relationships')
      return hasArray
        ? {
            column: { name: unique(snake(path, '_ids'), names), type: 'json' },
            value: `to_json(${raw} -> '$[*].id')`,
          }
        : { column: { name: unique(snake(path, '_id'), names), type: 'text' }, value: `(${raw} ->> '/id')` }
    return hasObject || hasArray
      ? { column: { name: unique(snake(path, ''), names), type: 'json' }, value: json(raw) }
      : { column: { name: unique(snake(path, ''), names), type: 'text' }, value: text(`(${raw} ->> '$')`) }
  })
}

/** `['attributes', 'lastSeenAt']` becomes `last_seen_at`. Letters and digits of every script stay. */
function snake(path: readonly string[], suffix: string): string {
  const words = path
    .slice(1)
    .join('_')
    .normalize('NFC')
    .replace(/(\p{Ll}|\p{N})(\p{Lu})/gu, '$1_$2')
    .replace(/(\p{Lu})(\p{Lu}\p{Ll})/gu, '$1_$2')
    .replace(/[^\p{L}\p{M}\p{N}]+/gu, '_')
    // A leading underscore goes, so that nothing can look like a column of sluice's own.
    .replace(/^_+|_+$/g, '')
    .toLowerCase()
  return `${words === '' ? 'field' : words}${suffix}`
}

function unique(name: string, taken: Set<string>): string {
  let candidate = name
  for (let n = 2; taken.has(candidate); n++) candidate = `${name}_${n}`
  taken.add(candidate)
  return candidate
}
