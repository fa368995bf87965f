import { OutOfRange } from './out-of-range.ts'
import { formatFor, type AnswerSettings } from './respond/format.ts'
import { resourceText } from './respond/resource.ts'
import type { Operation } from './spec.ts'
import type { Store } from './store/store.ts'

/** What `truth` may be told. */
export type TruthOptions = Readonly<{
  /** 1 unless given. */
  account?: number
  /** Attributes that are shown only when asked for: `['subscriptions']`. */
  additionalFields?: readonly string[]
}>

/**
 * Every row of a table (`campaigns`) or resource type (`campaign`) that is visible now, archived and hidden ones too,
 * as the JSON text that its list endpoint would send. Throws `OutOfRange` at once for a table that there is none of.
 */
export function truthOf(
  store: Store,
  table: string,
  options: Readonly<{
    operations: readonly Operation[]
    settings: AnswerSettings
    revision: string
    nowMs: number
    additionalFields: readonly string[]
  }>,
): Iterable<string> {
  const { operations, settings, revision, nowMs, additionalFields } = options
  const list = operations.find(({ path }) => path === `/api/${table}`)
  const operation =
    list ??
    operations.find(({ type, idsOnly, path }) => type === table && !idsOnly && !path.endsWith('/profiles'))
  if (operation === undefined) throw new OutOfRange(`The sandbox has no table "${table}".`)
  const { type, shape } = operation
  const additional = new Map([[type, additionalFields]])
  const format = formatFor(shape, { fields: new Map(), additional }, [], revision, settings)
  return (function* () {
    for (const row of store.rows(type, nowMs)) yield resourceText(row, format)
  })()
}
