import { uncover } from '../../model/coverage.ts'
import type { Window } from '../../model/time.ts'
import type { UnfinishedRun } from '../../model/unfinished-run.ts'
import type { BegunRun } from '../target.ts'
import { deleteScope, inScope, scopeValues } from './coverage-sql.ts'
import type { Scope } from './coverage-sql.ts'
import { rewrite } from './coverage-store.ts'
import type { Database } from './database.ts'
import { Values } from './sql.ts'
import { rememberAccount } from './store/accounts.ts'
import type { Named } from './store/accounts.ts'
import { ensureStore } from './store/ensure.ts'
import { storeTable, tableOf, UNFINISHED } from './store/tables.ts'

export async function readUnfinished(database: Database, scope: Scope): Promise<UnfinishedRun | null> {
  const shape = await database.describe(storeTable(UNFINISHED))
  if (shape === null) return null
  const { dialect } = database
  // An estimate reads what version 1 has written as it is: it changes nothing.
  const demand = shape.columns.some(({ name }) => name.toLowerCase() === 'words') ? 'words' : 'demand'
  const values = new Values(dialect)
  const [row] = await database.query(
    values.statement(`select ${dialect.epoch('started_at')} as started_at, ${demand} as demand, reread
from ${tableOf(dialect, UNFINISHED)}
where ${inScope(scope, dialect, values)}`),
  )
  if (row === undefined) return null
  return {
    startedAt: Number(row['started_at']),
    demand: String(row['demand']),
    reread: JSON.parse(String(row['reread'])) as Window[],
  }
}

/** Notes that a run has begun and takes out of the coverage what it is going to read again. */
export async function beginRun(
  database: Database,
  scope: Scope & Named,
  run: BegunRun,
  signal: AbortSignal,
): Promise<void> {
  const { dialect } = database
  await database.transaction(async (tx) => {
    await ensureStore(database, tx)
    await rememberAccount(database, tx, scope)
    for (const { pass, window } of run.forget) {
      await rewrite(tx, dialect, scope, (coverage, each) =>
        each === pass ? uncover(coverage, window) : coverage,
      )
    }
    await tx.run(deleteScope(dialect, UNFINISHED, scope))
    const values = new Values(dialect)
    const cells = [
      scopeValues(scope, dialect, values),
      values.instant(run.startedAt * 1000),
      values.bind(run.demand),
      values.bind(JSON.stringify(run.reread)),
    ]
    await tx.run(
      values.statement(`insert into ${tableOf(dialect, UNFINISHED)} (account, source_table, target, started_at, demand, reread)
values (${cells.join(', ')})`),
    )
  }, signal)
}

/** Notes that everything the run wanted is in. */
export async function endRun(database: Database, scope: Scope, signal: AbortSignal): Promise<void> {
  if ((await database.describe(storeTable(UNFINISHED))) === null) return
  await database.transaction(async (tx) => {
    await ensureStore(database, tx)
    await tx.run(deleteScope(database.dialect, UNFINISHED, scope))
  }, signal)
}
