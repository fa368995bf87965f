import type { RunResult, TableResult } from '../model/run-event.ts'
import { align } from './text-layout.ts'
import { count, duration, percent } from './units.ts'

/** What a run has come to, as a small table. */
export function summary({ tables, durationMs }: RunResult): readonly string[] {
  if (tables.length === 0) return []
  const total = tables.reduce(
    (sum, { rows, requests, throttled }) => ({
      rows: sum.rows + rows,
      requests: sum.requests + requests,
      throttled: sum.throttled + throttled,
    }),
    { rows: 0, requests: 0, throttled: 0 },
  )
  return [
    ...align([
      ['table', 'rows', 'new', 'changed', 'gone', 'late', 'requests', '429s', 'time', 'limit used'],
      ...tables.map(row),
    ]),
    `${count(total.rows)} rows in ${duration(durationMs)}, ${count(total.requests)} requests, ${count(total.throttled)} answered with 429`,
  ]
}

const row = (result: TableResult): readonly string[] => [
  result.table,
  count(result.rows),
  count(result.inserted),
  count(result.changed),
  count(result.deleted),
  count(result.late.rows),
  count(result.requests),
  count(result.throttled),
  duration(result.durationMs),
  percent(result.limitShare),
]
