import type { LoadResult } from '../destinations/target.ts'
import type { Altered } from '../model/run-event.ts'
import type { Stage } from '../model/stage.ts'
import type { TableRun } from './table-run.ts'

/** Counts and tells what of a batch is not in as Klaviyo sent it. */
export function noteAltered(
  { job, tally, listener }: Pick<TableRun, 'job' | 'tally' | 'listener'>,
  stage: Pick<Stage, 'altered'>,
  result: Pick<LoadResult, 'withoutNul'>,
): void {
  for (const altered of alteredIn(stage, result)) {
    tally.altered(altered)
    listener({ type: 'altered', table: job.table.name, ...altered })
  }
}

/** What is not as Klaviyo sent it; NUL characters go only where the database cannot store them. */
function alteredIn(
  { altered }: Pick<Stage, 'altered'>,
  { withoutNul }: Pick<LoadResult, 'withoutNul'>,
): readonly Altered[] {
  const nul = altered.filter(({ kind }) => kind === 'nul')
  const others = altered.filter(({ kind }) => kind !== 'nul')
  if (withoutNul === 0) return others
  return nul.length > 0
    ? altered
    : [...others, { kind: 'nul', column: null, rows: withoutNul, exampleKey: null }]
}
