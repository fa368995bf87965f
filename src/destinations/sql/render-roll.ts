import { ACCOUNT_COLUMN, DELETED_AT_COLUMN, SYNCED_AT_COLUMN } from '../../model/names.ts'
import type { TableName } from '../../model/names.ts'
import type { StageColumn } from '../../model/stage.ts'
import type { RollCallScope, TargetRequest } from '../target.ts'
import type { Statement } from './database.ts'
import type { Dialect } from './dialect.ts'
import type { PlannedColumn } from './load-plan.ts'
import { Columns, createTable, plain, Values, within } from './sql.ts'

/** Tells the keys that one roll call gathered from those of another that began in its place. */
const CALL = 'called_by'

/** What a roll call needs to know of the target's columns. */
export const rollColumns = ({
  key,
  cursor,
}: Pick<TargetRequest, 'key' | 'cursor'>): readonly StageColumn[] => [
  ...key.map((name) => ({ name, type: 'text' }) as const),
  ...(cursor === null ? [] : [{ name: cursor.column, type: 'timestamp' } as const]),
  { name: ACCOUNT_COLUMN, type: 'text' },
  { name: SYNCED_AT_COLUMN, type: 'timestamp' },
  { name: DELETED_AT_COLUMN, type: 'timestamp' },
]

export type RollRequest = Readonly<{
  dialect: Dialect
  table: TableName
  /** Where the keys are gathered. */
  roll: TableName
  account: string
  scope: RollCallScope
  columns: Readonly<{
    account: PlannedColumn
    syncedAt: PlannedColumn
    deletedAt: PlannedColumn
    cursor: PlannedColumn | null
    key: readonly PlannedColumn[]
  }>
}>

/**
 * The statements of a roll call. Each is one set-based join of the target (alias `t`) with the keys gathered (`s`),
 * which a key may be in more than once.
 */
export class Roll {
  readonly columns: RollRequest['columns']
  readonly #request: RollRequest
  readonly #names: Columns
  readonly #table: string
  readonly #roll: string

  constructor(request: RollRequest) {
    const { dialect, table, roll, columns } = request
    this.columns = columns
    this.#request = request
    this.#names = new Columns(dialect)
    this.#table = dialect.table(table)
    this.#roll = dialect.table(roll)
  }

  create(): Statement {
    const { dialect } = this.#request
    const count = this.columns.key.length + 1
    const keys = this.columns.key.map(
      (column) => `${this.#key(column)} ${dialect.keyType(dialect.types[column.type], count)} not null`,
    )
    return createTable(dialect, `create table ${this.#roll}`, [
      `${CALL} ${dialect.types.integer} not null`,
      ...keys,
    ])
  }

  /** Where rows are told apart by their key alone, joins go by an index; elsewhere keys are hashed. */
  index(): readonly Statement[] {
    const { dialect, roll } = this.#request
    if (dialect.identity.kind !== 'key') return []
    const columns = [CALL, ...this.columns.key.map((column) => this.#key(column))]
    const name = dialect.quote(`${roll.name}__keys`)
    return [plain(`create index ${name} on ${this.#roll} (${columns.join(', ')})`)]
  }

  /** @param staged the quoted name of the stage */
  insert(staged: string): Statement {
    const values = new Values(this.#request.dialect)
    const keys = this.columns.key.map((column) => this.#key(column))
    return values.statement(`insert into ${this.#roll} (${[CALL, ...keys].join(', ')})
select ${[this.#call, ...keys.map((key) => `s.${key}`)].join(', ')}
from ${staged} as s`)
  }

  countGathered(): Statement {
    const values = new Values(this.#request.dialect)
    return values.statement(
      `select count(*) as gathered from ${this.#roll} as s where s.${CALL} = ${this.#call}`,
    )
  }

  countAsked(): Statement {
    const values = new Values(this.#request.dialect)
    return values.statement(`select count(*) as asked from ${this.#table} as t\nwhere ${this.#asked(values)}`)
  }

  countAbsent(): Statement {
    const values = new Values(this.#request.dialect)
    const { cursor } = this.columns
    const at = (of: string): string =>
      cursor === null
        ? 'null'
        : `floor(${this.#request.dialect.epoch(`${of}(t.${this.#names.target(cursor)})`)})`
    return values.statement(`select count(*) as absent, ${at('min')} as first_at, ${at('max')} as last_at
from ${this.#table} as t
where ${this.#absent(values)}`)
  }

  /** The key is one column wherever rows can be named. */
  selectAbsent({ after, limit }: Readonly<{ after: string | null; limit: number }>): Statement {
    const values = new Values(this.#request.dialect)
    const key = `t.${this.columns.key.map((column) => this.#names.target(column)).join('')}`
    const absent = this.#absent(values)
    const further = after === null ? '' : `\n  and ${key} > ${values.bind(after)}`
    return values.statement(`select distinct ${key} as absent_key
from ${this.#table} as t
where ${absent}${further}
order by absent_key
limit ${limit}`)
  }

  countBack(): Statement {
    const values = new Values(this.#request.dialect)
    return values.statement(`select count(*) as back from ${this.#table} as t\nwhere ${this.#back(values)}`)
  }

  mark(): Statement {
    const values = new Values(this.#request.dialect)
    return values.statement(`update ${this.#table} as t
set ${this.#names.target(this.columns.deletedAt)} = ${values.instant(this.#request.scope.startedAtMs)}
where ${this.#absent(values)}`)
  }

  revive(): Statement {
    const values = new Values(this.#request.dialect)
    return values.statement(`update ${this.#table} as t
set ${this.#names.target(this.columns.deletedAt)} = null
where ${this.#back(values)}`)
  }

  #key(column: PlannedColumn): string {
    return this.#request.dialect.quote(column.staged ?? column.name)
  }

  /** A number that sluice made. */
  get #call(): string {
    return String(Math.floor(this.#request.scope.startedAtMs))
  }

  #ofAccount(values: Values): string {
    return `t.${this.#names.target(this.columns.account)} = ${values.bind(this.#request.account)}`
  }

  #asked(values: Values): string {
    const { startedAtMs, window } = this.#request.scope
    const { syncedAt, cursor } = this.columns
    return [
      this.#ofAccount(values),
      ...(syncedAt.actual === null
        ? []
        : [`t.${this.#names.target(syncedAt)} <= ${values.instant(startedAtMs)}`]),
      ...(window === null || cursor === null
        ? []
        : [within(`t.${this.#names.target(cursor)}`, [window], values)]),
    ].join('\n  and ')
  }

  #absent(values: Values): string {
    return `${this.#asked(values)}${this.#isMarked('is null')}\n  and not ${this.#called}`
  }

  #back(values: Values): string {
    return `${this.#ofAccount(values)}${this.#isMarked('is not null')}\n  and ${this.#called}`
  }

  #isMarked(test: 'is null' | 'is not null'): string {
    // A table from before the column was made with it has no row that is marked.
    if (this.columns.deletedAt.actual === null) return test === 'is null' ? '' : '\n  and false'
    return `\n  and t.${this.#names.target(this.columns.deletedAt)} ${test}`
  }

  get #called(): string {
    const same = this.columns.key.map((column) => `s.${this.#key(column)} = t.${this.#names.target(column)}`)
    return `exists (select 1 from ${this.#roll} as s where s.${CALL} = ${this.#call} and ${same.join(' and ')})`
  }
}
