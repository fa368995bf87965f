import type { Filter } from './filter.ts'

/** How a column is typed everywhere; each destination maps these six onto its own types. */
export type ColumnType = 'text' | 'integer' | 'decimal' | 'boolean' | 'timestamp' | 'json'

/** One column of a table, and where its value sits in a JSON:API resource. */
export type Column = Readonly<{
  /** snake_case, as users see it: `catalog_item_id`. */
  name: string
  /** Members to follow from the resource object; `*` stands for every element of an array. */
  path: readonly string[]
  type: ColumnType
  /** The declared fields of an object, for `--flatten`; names are already prefixed (`location_city`). */
  fields?: readonly Column[]
}>

/** How a table can be asked for change. */
export type Cursor = Readonly<{
  /** The filter field, which is also the attribute and the sort key: `updated_at`. */
  field: string
  /** What this endpoint offers, not what one would like. */
  lower: 'greater-or-equal' | 'greater-than'
  upper: 'less-than' | null
  /** How coarse the field's filter is; an exclusive lower bound steps back by this much. */
  resolutionSeconds: number
  /** How late a row may appear behind the time it carries: re-read by default on every run. */
  lookbackSeconds: number
  /**
   * Whether pages really come in order of the cursor. Where they may not (archived campaigns), a window counts
   * as read only when its last page is in, and is never split.
   */
  ordered: boolean
  /** Whether a row keeps its value for life: the time of an event, as against `updated`. */
  fixed: boolean
}>

/** Requests allowed in fixed windows of one second, one minute and, where set, one day. */
export type Rate = Readonly<{ perSecond: number; perMinute: number; perDay?: number }>

/** The oldest revision of Klaviyo's API: what exists since then exists in all of them. */
export const FIRST_REVISION = '2022-10-17'

/** How an endpoint pages: with a settable size (from the revision named on), with a cursor only, or not at all. */
export type Paging =
  | Readonly<{ kind: 'sized'; default: number; max: number; sinceRevision: string }>
  | Readonly<{ kind: 'cursor' }>
  | Readonly<{ kind: 'none' }>

/** One of several reads that together make up a table: archived campaigns by e-mail, hidden images. */
export type Pass = Readonly<{ name: string; filter: readonly Filter[] }>

/** A table that can only be read by naming rows of another one: coupon codes by coupon. */
export type Parent = Readonly<{ table: string; field: string; idsPerRequest: number }>

/** A relationship as the list endpoint returns it. */
export type Relationship = Readonly<{
  name: string
  many: boolean
  /** Resource type of the other end. */
  type: string
}>

/** Operators that an endpoint offers on one field. */
export type FilterField = Readonly<{
  field: string
  type: 'string' | 'date-time' | 'number' | 'boolean' | 'integer' | 'none'
  operators: readonly string[]
  listOperators: readonly string[]
  values?: readonly string[]
}>

/** One Klaviyo table as a value. Every fact about it that is not here is not known anywhere else. */
export type Table = Readonly<{
  /** As ingestr spells it: `catalog-items`. */
  name: string
  /** `/api/catalog-items` */
  path: string
  /** JSON:API resource type: `catalog-item`. */
  type: string
  /** Always `id`: unique within the type and the account. */
  key: readonly string[]
  columns: readonly Column[]
  relationships: readonly Relationship[]
  /** Null: the endpoint cannot be filtered by time, so the table is read whole (a snapshot). */
  cursor: Cursor | null
  strategy: 'merge' | 'replace'
  paging: Paging
  rate: Rate
  /** Slower limits that apply when a costly addition is asked for. */
  reducedRates: readonly Readonly<{ parameter: string; value: string; rate: Rate }>[]
  scopes: readonly string[]
  filters: readonly FilterField[]
  filterRequired: boolean
  /** Each also with a leading `-`, for descending. */
  sorts: readonly string[]
  includes: readonly string[]
  additionalFields: Readonly<Record<string, readonly string[]>>
  /** What an ordinary read sends besides window and page size: `include`, `fields[tag]`, `sort`… */
  query: Readonly<Record<string, string>>
  /** At least one; a table without special passes has the single pass `{ name: '', filter: [] }`. */
  passes: readonly Pass[]
  parent: Parent | null
}>
