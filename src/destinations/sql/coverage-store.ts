import { cover, uncover } from '../../model/coverage.ts'
import type { Coverage, PassCovered } from '../../model/coverage.ts'
import { SluiceError } from '../../model/errors.ts'
import type { TableName } from '../../model/names.ts'
import type { EpochSeconds, Window } from '../../model/time.ts'
import {
  COVERAGE,
  coverageOf,
  createStore,
  deleteScope,
  inScope,
  insertCoverage,
  META,
  scopeValues,
  selectCoverage,
  SNAPSHOTS,
  STORE_VERSION,
  storeTable,
  tableOf,
  targetText,
  UNFINISHED,
} from './coverage-sql.ts'
import type { Scope } from './coverage-sql.ts'
import type { Database, Transaction } from './database.ts'
import type { Dialect } from './dialect.ts'
import { plain, Values } from './sql.ts'

/** What is covered, per pass. Empty when the target is not there: somebody dropped it. */
export async function readCoverage(database: Database, scope: Scope): Promise<ReadonlyMap<string, Coverage>> {
  if (!(await isReadable(database, scope))) return new Map()
  return coverageOf(await database.query(selectCoverage(database.dialect, scope)))
}

/** When the last snapshot was taken, and of how many rows. Null: never, or the target is not there. */
export async function readSnapshot(
  database: Database,
  scope: Scope,
): Promise<Readonly<{ takenAt: EpochSeconds; rows: number }> | null> {
  if (!(await isReadable(database, scope))) return null
  const { dialect } = database
  const values = new Values(dialect)
  const [row] = await database.query(
    values.statement(`select ${dialect.epoch('taken_at')} as taken_at, row_count
from ${tableOf(dialect, SNAPSHOTS)}
where ${inScope(scope, dialect, values)}`),
  )
  return row === undefined ? null : { takenAt: Number(row['taken_at']), rows: Number(row['row_count']) }
}

/** Names of the other source tables whose rows are in the target, of any account. */
export async function readOtherSources(database: Database, scope: Scope): Promise<readonly string[]> {
  if (!(await isReadable(database, scope))) return []
  const { dialect } = database
  const values = new Values(dialect)
  const [target, own] = [values.bind(targetText(scope.target, dialect)), values.bind(scope.sourceTable)]
  const from = (name: string): string =>
    `select source_table from ${tableOf(dialect, name)} where target = ${target} and source_table <> ${own}`
  const rows = await database.query(
    values.statement(`${from(COVERAGE)}\nunion\n${from(SNAPSHOTS)}\norder by source_table`),
  )
  return rows.map((row) => String(row['source_table']))
}

/**
 * Forgets what is covered, in a window or altogether, and the snapshot with it in the latter case. Rows stay.
 */
export async function forget(
  database: Database,
  scope: Scope,
  window: Window | null,
  signal: AbortSignal,
): Promise<void> {
  if ((await database.describe(storeTable(COVERAGE))) === null) return
  await database.transaction(
    (tx) =>
      window === null
        ? forgetScope(tx, database.dialect, scope)
        : rewrite(tx, database.dialect, scope, (coverage) => uncover(coverage, window)),
    signal,
  )
}

/**
 * Makes the tables that remember what is covered, unless they are there. Comes first in its transaction: who waits here
 * with a table's lock in hand and who waits for that lock would wait for each other.
 */
export async function ensureStore(database: Database, tx: Transaction): Promise<void> {
  const { dialect } = database
  // The last to be made: where it is, all are.
  if ((await database.describe(storeTable(UNFINISHED))) !== null) return
  // Two first runs at one time would both make them: "if not exists" looks, and then makes.
  await lockTable(tx, dialect, storeTable(UNFINISHED))
  for (const statement of createStore(dialect)) await tx.run(statement)
}

/** Keeps others from loading the table until the transaction ends; taking it twice is fine. */
export async function lockTable(tx: Transaction, dialect: Dialect, table: TableName): Promise<void> {
  const sql = dialect.lock(table)
  if (sql !== null) await tx.run(plain(sql))
}

/** Adds to the coverage inside the transaction that loads the rows. */
export async function advance(
  tx: Transaction,
  dialect: Dialect,
  scope: Scope,
  { covered, lookbackSeconds }: Readonly<{ covered: readonly PassCovered[]; lookbackSeconds?: number }>,
): Promise<void> {
  if (covered.length === 0) return
  const added = (before: Coverage, pass: string): Coverage =>
    covered
      .filter((part) => part.pass === pass)
      .reduce((sum, { window }) => cover(sum, window, lookbackSeconds), before)
  await rewrite(
    tx,
    dialect,
    scope,
    added,
    covered.map(({ pass }) => pass),
  )
}

/** Records a snapshot inside the transaction that loads its rows. */
export async function recordSnapshot(
  tx: Transaction,
  dialect: Dialect,
  scope: Scope,
  { takenAtMs, rows }: Readonly<{ takenAtMs: number; rows: number }>,
): Promise<void> {
  await tx.run(deleteScope(dialect, SNAPSHOTS, scope))
  const values = new Values(dialect)
  await tx.run(
    values.statement(`insert into ${tableOf(dialect, SNAPSHOTS)} (account, source_table, target, taken_at, row_count)
values (${scopeValues(scope, dialect, values)}, ${values.instant(takenAtMs)}, ${values.bind(rows)})`),
  )
}

/** Everything that is remembered of a target that is not there any more, for all accounts. */
export async function forgetTarget(tx: Transaction, dialect: Dialect, target: TableName): Promise<void> {
  for (const name of [COVERAGE, SNAPSHOTS]) {
    const values = new Values(dialect)
    const text = values.bind(targetText(target, dialect))
    await tx.run(values.statement(`delete from ${tableOf(dialect, name)}\nwhere target = ${text}`))
  }
}

export async function forgetScope(tx: Transaction, dialect: Dialect, scope: Scope): Promise<void> {
  await tx.run(deleteScope(dialect, COVERAGE, scope))
  await tx.run(deleteScope(dialect, SNAPSHOTS, scope))
}

/** The coverage of one scope becomes that of another, whose own is forgotten. */
export async function moveScope(tx: Transaction, dialect: Dialect, from: Scope, to: Scope): Promise<void> {
  await forgetScope(tx, dialect, to)
  const values = new Values(dialect)
  const target = values.bind(targetText(to.target, dialect))
  await tx.run(
    values.statement(
      `update ${tableOf(dialect, COVERAGE)}\nset target = ${target}\nwhere ${inScope(from, dialect, values)}`,
    ),
  )
}

/** Changes the coverage of every pass of a scope, those named in addition included. */
export async function rewrite(
  tx: Transaction,
  dialect: Dialect,
  scope: Scope,
  change: (coverage: Coverage, pass: string) => Coverage,
  newPasses: readonly string[] = [],
): Promise<void> {
  await lockTable(tx, dialect, scope.target)
  const before = coverageOf(await tx.run(selectCoverage(dialect, scope)))
  const passes = new Set([...before.keys(), ...newPasses])
  const rows = [...passes].flatMap((pass) =>
    change(before.get(pass) ?? [], pass).map((window) => ({ pass, window })),
  )
  await tx.run(deleteScope(dialect, COVERAGE, scope))
  // Bound values of one statement are limited to 65,535 in PostgreSQL's protocol; a row takes seven.
  for (let start = 0; start < rows.length; start += 5_000) {
    await tx.run(insertCoverage(dialect, scope, rows.slice(start, start + 5_000)))
  }
}

async function isReadable(database: Database, { target }: Scope): Promise<boolean> {
  if ((await database.describe(storeTable(META))) === null) return false
  const [row] = await database.query(
    plain(`select max(store_version) as version from ${tableOf(database.dialect, META)}`),
  )
  if (Number(row?.['version'] ?? 0) > STORE_VERSION) {
    throw new SluiceError(
      'newer-destination',
      `"${database.label}" was written by a newer version of sluice. Update sluice and run the same command again.`,
    )
  }
  return (await database.describe(target)) !== null
}
