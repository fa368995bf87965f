import type { LoadResult } from '../target.ts'
import type { SqlRow } from './database.ts'
import type { LoadPlan } from './load-plan.ts'

/** What a plan's statements counted, summed up by name. */
export function resultOf(
  counted: readonly SqlRow[],
  plan: LoadPlan,
  { rows, readAt, withoutNul }: Readonly<{ rows: number; readAt: number; withoutNul: number }>,
): Omit<LoadResult, 'also'> {
  const sum = (name: string): number => counted.reduce((total, row) => total + Number(row[name] ?? 0), 0)
  const earliest = Math.min(...counted.map((row) => Number(row['earliest'] ?? Infinity)))
  const [inserted, changed] = [sum('inserted'), sum('changed')]
  // A new table has nothing that could be replaced, and counts nothing of it.
  const isRenewed = counted.some((row) => row['removed'] !== undefined)
  const others = rows - inserted - changed
  return {
    inserted,
    changed,
    unchanged: isRenewed ? 0 : others,
    deleted: sum('deleted'),
    removed: sum('removed'),
    replaced: isRenewed ? others : 0,
    late: {
      rows: sum('late'),
      oldestSeconds: Number.isFinite(earliest) ? Math.max(0, readAt - earliest) : 0,
    },
    withoutNul,
    addedColumns: plan.steps.flatMap((step) =>
      step.kind === 'add column' && step.column.staged !== null ? [step.column.name] : [],
    ),
  }
}
