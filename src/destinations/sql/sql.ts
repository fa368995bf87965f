import type { Window } from '../../model/time.ts'
import type { SqlValue, Statement } from './database.ts'
import type { Dialect } from './dialect.ts'
import type { PlannedColumn } from './load-plan.ts'

/** The quoted names under which stages can be read. */
export type Staged = Readonly<{
  stage: string
  /** For rows of a set: the main stage, and its column that their owner names. */
  main?: Readonly<{ stage: string; key: string }>
}>

/** What every renderer needs: the target and the stage are spelled already. */
export type RenderContext = Readonly<{
  dialect: Dialect
  table: string
  staged: string
  main: Staged['main']
}>

/** Numbers the values of one statement. */
export class Values {
  readonly #dialect: Dialect
  readonly #values: SqlValue[] = []

  constructor(dialect: Dialect) {
    this.#dialect = dialect
  }

  bind(value: SqlValue): string {
    this.#values.push(value)
    return `$${this.#values.length}`
  }

  /** An instant, from milliseconds since 1970. */
  instant(atMs: number): string {
    return this.#dialect.instant(atMs, (value) => this.bind(value))
  }

  statement(sql: string): Statement {
    return { sql, values: this.#values }
  }
}

export const plain = (sql: string): Statement => ({ sql, values: [] })

/** `head` is all before the definitions: `create table "x"`. */
export const createTable = (dialect: Dialect, head: string, definitions: readonly string[]): Statement =>
  plain(`${head} (\n  ${[...dialect.hidden, ...definitions].join(',\n  ')}\n)${dialect.tableOptions}`)

/** Fragments for rows that go from a stage (alias `s`) to a target (alias `t`). */
export class Columns {
  readonly #dialect: Dialect

  constructor(dialect: Dialect) {
    this.#dialect = dialect
  }

  /** As named in the target. */
  target(column: PlannedColumn): string {
    return this.#dialect.quote(column.name)
  }

  /** The staged value as the target's type. */
  staged({ staged, type, own, actual }: PlannedColumn): string {
    if (staged === null) return this.#dialect.nullOf(actual ?? own)
    const value = `s.${this.#dialect.quote(staged)}`
    return actual === null || actual === own ? value : this.#dialect.convert(value, type, actual)
  }

  list(columns: readonly PlannedColumn[]): string {
    return columns.map((column) => this.target(column)).join(', ')
  }

  stagedList(columns: readonly PlannedColumn[]): string {
    return columns.map((column) => this.staged(column)).join(', ')
  }

  /** Never null on either side, unlike the columns of `same`. */
  sameKey(key: readonly PlannedColumn[]): string {
    return key.map((column) => `t.${this.target(column)} = ${this.staged(column)}`).join(' and ')
  }

  same(columns: readonly PlannedColumn[]): string {
    return columns
      .map((column) => this.#dialect.same(`t.${this.target(column)}`, this.staged(column)))
      .join(' and ')
  }

  differ(columns: readonly PlannedColumn[]): string {
    const pairs = columns.map((column) =>
      this.#dialect.differ(`t.${this.target(column)}`, this.staged(column)),
    )
    return pairs.length === 0 ? 'false' : `(${pairs.join(' or ')})`
  }
}

/** Whether a timestamp lies in one of the half-open windows. */
export function within(expression: string, windows: readonly Window[], values: Values): string {
  if (windows.length === 0) return 'false'
  const tests = windows.map(
    ({ from, to }) =>
      `(${expression} >= ${values.instant(from * 1000)} and ${expression} < ${values.instant(to * 1000)})`,
  )
  return tests.length === 1 ? (tests[0] ?? 'false') : `(${tests.join(' or ')})`
}
