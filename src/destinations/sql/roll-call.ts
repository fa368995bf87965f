import { SluiceError } from '../../model/errors.ts'
import { ACCOUNT_COLUMN, DELETED_AT_COLUMN, SYNCED_AT_COLUMN } from '../../model/names.ts'
import type { Stage } from '../../model/stage.ts'
import { formatTableName } from '../../model/table-name.ts'
import type { Mutex } from '../../util/mutex.ts'
import type { Absent, RollCall, RollCallScope, TargetRequest } from '../target.ts'
import { matchColumns } from './columns.ts'
import type { Database, SqlRow, Transaction } from './database.ts'
import type { PlannedColumn } from './load-plan.ts'
import { lockTable } from './lock-table.ts'
import { render } from './render.ts'
import { Roll, rollColumns } from './render-roll.ts'
import { rollOf } from './shadow.ts'
import type { Connected } from './sql-target.ts'
import { plain } from './sql.ts'

/** Finds an account's rows that Klaviyo has no more, by a table of keys beside them. */
export class SqlRollCall implements RollCall {
  readonly #database: Database
  readonly #turns: Mutex
  readonly #request: TargetRequest
  readonly #scope: RollCallScope
  #gathered = 0

  constructor({ database, turns }: Connected, request: TargetRequest, scope: RollCallScope) {
    this.#database = database
    this.#turns = turns
    this.#request = request
    this.#scope = scope
  }

  begin(signal: AbortSignal): Promise<number> {
    return this.#turns.run(async () => {
      const roll = await this.#roll()
      if (roll === null) return 0
      this.#gathered = 0
      return this.#database.transaction(async (tx) => {
        await lockTable(tx, this.#database.dialect, this.#request.table)
        await this.#drop(tx)
        const rows = numberIn(await tx.run(roll.countAsked()), 'asked')
        if (rows > 0) for (const statement of [roll.create(), ...roll.index()]) await tx.run(statement)
        return rows
      }, signal)
    })
  }

  present(stage: Stage, signal: AbortSignal): Promise<void> {
    return this.#turns.run(async () => {
      const roll = await this.#ownRoll()
      await this.#database.transaction(
        async (tx) => tx.run(roll.insert(await tx.staged(stage, this.#request.key))),
        signal,
      )
      this.#gathered += stage.rows
    })
  }

  absent(): Promise<Absent> {
    return this.#turns.run(async () => {
      const found = await this.#database.query((await this.#ownRoll()).countAbsent())
      const [from, last] = [found[0]?.['first_at'] ?? null, found[0]?.['last_at'] ?? null]
      return {
        rows: numberIn(found, 'absent'),
        span: from === null || last === null ? null : { from: Number(from), to: Number(last) + 1 },
      }
    })
  }

  absentKeys(part: Readonly<{ after: string | null; limit: number }>): Promise<readonly string[]> {
    return this.#turns.run(async () => {
      const rows = await this.#database.query((await this.#ownRoll()).selectAbsent(part))
      return rows.map((row) => String(row['absent_key']))
    })
  }

  close(signal: AbortSignal): Promise<Readonly<{ marked: number; revived: number }>> {
    return this.#turns.run(() =>
      this.#database.transaction(async (tx) => {
        const { dialect } = this.#database
        const { table } = this.#request
        await lockTable(tx, dialect, table)
        const roll = await this.#ownRoll()
        // Marked by a list that somebody else has begun anew meanwhile, rows that are there would be called gone.
        if (numberIn(await tx.run(roll.countGathered()), 'gathered') !== this.#gathered)
          throw this.#disturbed()
        const { deletedAt } = roll.columns
        if (deletedAt.actual === null) {
          const steps = [{ kind: 'add column', column: deletedAt }] as const
          for (const each of render({ target: table, steps }, dialect, { stage: '' })) await tx.run(each)
        }
        const [marked, revived] = [await tx.run(roll.countAbsent()), await tx.run(roll.countBack())]
        for (const statement of [roll.mark(), roll.revive()]) await tx.run(statement)
        await this.#drop(tx)
        return { marked: numberIn(marked, 'absent'), revived: numberIn(revived, 'back') }
      }, signal),
    )
  }

  discard(signal: AbortSignal): Promise<void> {
    return this.#turns.run(() => this.#database.transaction((tx) => this.#drop(tx), signal))
  }

  async #drop(tx: Transaction): Promise<void> {
    await tx.run(plain(`drop table if exists ${this.#database.dialect.table(this.#rollTable)}`))
  }

  get #rollTable(): ReturnType<typeof rollOf> {
    return rollOf(this.#request.table, this.#request.account)
  }

  /** Null: the target is not there. */
  async #roll(): Promise<Roll | null> {
    const { dialect } = this.#database
    const { table, key, cursor } = this.#request
    const actual = await this.#database.describe(table)
    if (actual === null) return null
    const columns = matchColumns(
      {
        target: table,
        columns: rollColumns(this.#request),
        actual,
        key: [ACCOUNT_COLUMN, ...key],
        cursorColumn: cursor?.column ?? null,
      },
      dialect,
    )
    const find = (name: string): PlannedColumn => {
      const column = columns.find((each) => (each.staged ?? DELETED_AT_COLUMN) === name)
      if (column === undefined) throw new TypeError(`no column "${name}" was asked for`)
      return column
    }
    return new Roll({
      dialect,
      table,
      roll: this.#rollTable,
      account: this.#request.account,
      scope: this.#scope,
      columns: {
        account: find(ACCOUNT_COLUMN),
        syncedAt: find(SYNCED_AT_COLUMN),
        deletedAt: find(DELETED_AT_COLUMN),
        cursor: cursor === null ? null : find(cursor.column),
        key: key.map(find),
      },
    })
  }

  /** What was begun here, if it is still there. */
  async #ownRoll(): Promise<Roll> {
    const roll = await this.#roll()
    if (roll === null || (await this.#database.describe(this.#rollTable)) === null) throw this.#disturbed()
    return roll
  }

  #disturbed(): SluiceError {
    const table = formatTableName(this.#request.table)
    return new SluiceError(
      'already-running',
      `Another run looks for the rows of table "${table}" at Klaviyo at this moment, so this one marked nothing. Wait until it has finished, then run the same command again.`,
      { facts: { table } },
    )
  }
}

const numberIn = ([row]: readonly SqlRow[], name: string): number => Number(row?.[name] ?? 0)
