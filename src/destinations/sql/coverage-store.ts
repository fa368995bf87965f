import { cover } from '../../model/coverage.ts'
import type { Coverage, PassCovered } from '../../model/coverage.ts'
import type { TableName } from '../../model/names.ts'
import type { EpochSeconds } from '../../model/time.ts'
import {
  coverageOf,
  deleteScope,
  inScope,
  insertCoverage,
  scopeValues,
  selectCoverage,
  targetText,
} from './coverage-sql.ts'
import type { Scope } from './coverage-sql.ts'
import type { Database, Transaction } from './database.ts'
import type { Dialect } from './dialect.ts'
import { lockTable } from './lock-table.ts'
import { Values } from './sql.ts'
import { storeVersion } from './store/ensure.ts'
import { COVERAGE, SNAPSHOTS, tableOf, TARGETS } from './store/tables.ts'

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
  for (const name of [COVERAGE, SNAPSHOTS, TARGETS]) {
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

/** Whether anything is remembered that still counts. */
async function isReadable(database: Database, { target }: Scope): Promise<boolean> {
  return (await storeVersion(database)) !== null && (await database.describe(target)) !== null
}
