import { uncover } from '../model/coverage.ts'
import type { EpochSeconds, Window } from '../model/time.ts'
import {
  createUnfinished,
  deleteScope,
  inScope,
  scopeValues,
  seconds,
  storeTable,
  tableOf,
  UNFINISHED,
} from './coverage-sql.ts'
import { ensureStore, rewrite } from './coverage-store.ts'
import type { Scope } from './coverage-store.ts'
import type { Destination } from './destination.ts'
import { Values } from './sql.ts'

/**
 * A run that was begun and has not ended. Its coverage was cut back by the lookback when it began; when it is
 * killed and asked for again in the same words, it goes on instead of looking back a second time.
 */
export type UnfinishedRun = Readonly<{
  startedAt: EpochSeconds
  /** What the user asked for. */
  words: string
  /** What was covered before and is read again. */
  reread: readonly Window[]
}>

export async function readUnfinished(destination: Destination, scope: Scope): Promise<UnfinishedRun | null> {
  if ((await destination.describe(storeTable(UNFINISHED))) === null) return null
  const { dialect } = destination
  const values = new Values()
  const [row] = await destination.query(
    values.statement(`select ${seconds('started_at')} as started_at, words, reread
from ${tableOf(dialect, UNFINISHED)}
where ${inScope(scope, dialect, values)}`),
  )
  if (row === undefined) return null
  return {
    startedAt: Number(row['started_at']),
    words: String(row['words']),
    reread: JSON.parse(String(row['reread'])) as Window[],
  }
}

/** Notes that a run has begun and takes out of the coverage what it is going to read again. */
export async function beginRun(
  destination: Destination,
  scope: Scope,
  run: UnfinishedRun & Readonly<{ forget: readonly Readonly<{ pass: string; window: Window }>[] }>,
  signal: AbortSignal,
): Promise<void> {
  const { dialect } = destination
  await destination.transaction(
    null,
    async (tx) => {
      await ensureStore(destination, tx)
      for (const { pass, window } of run.forget) {
        await rewrite(tx, dialect, scope, (coverage, each) =>
          each === pass ? uncover(coverage, window) : coverage,
        )
      }
      for (const statement of createUnfinished(dialect)) await tx.run(statement)
      await tx.run(deleteScope(dialect, UNFINISHED, scope))
      const values = new Values()
      const cells = [
        scopeValues(scope, dialect, values),
        values.instant(run.startedAt * 1000),
        values.bind(run.words),
        values.bind(JSON.stringify(run.reread)),
      ]
      await tx.run(
        values.statement(`insert into ${tableOf(dialect, UNFINISHED)} (account, source_table, target, started_at, words, reread)
values (${cells.join(', ')})`),
      )
    },
    signal,
  )
}

/** Notes that everything the run wanted is in. */
export async function endRun(destination: Destination, scope: Scope, signal: AbortSignal): Promise<void> {
  if ((await destination.describe(storeTable(UNFINISHED))) === null) return
  await destination.transaction(
    null,
    (tx) => tx.run(deleteScope(destination.dialect, UNFINISHED, scope)),
    signal,
  )
}
