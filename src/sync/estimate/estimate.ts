import type { TableFailure } from '../../model/run-event.ts'
import { explained } from '../../util/safe-error.ts'
import type { Rate, Table } from '../../model/table.ts'
import type { EpochSeconds } from '../../model/time.ts'
import { Concurrency } from '../concurrency.ts'
import type { Source, TableJob } from '../table-run.ts'
import { costOf, shareOf } from './cost.ts'
import type { Cost, Load } from './cost.ts'
import { Looker } from './look.ts'
import type { Measure, RowCount } from './measure.ts'
import { measureWhole } from './measure-whole.ts'
import { measureWindows } from './measure-windows.ts'
import type { Prepared } from './state.ts'

/** What a run would read of one table. */
export type TableEstimate = Readonly<
  Cost & {
    table: string
    /** Gaps in what is covered, or the whole table every time. */
    read: 'windows' | 'snapshot'
    /** Where reading would begin, epoch seconds; null for a snapshot, or when nothing is missing. */
    from: EpochSeconds | null
    rows: RowCount
    pages: number
    /** Pages, those that come short where windows are split, and those of the parent whose ids are needed. */
    requests: number
    /** Requests that the estimate took. */
    looks: number
  }
>

/** What a run would read. Times are from first request to last row loaded. */
export type Estimate = Readonly<
  Cost & {
    tables: readonly TableEstimate[]
    rows: RowCount
    requests: number
    looks: number
  }
>

export type EstimateContext = Readonly<{
  source: Source
  /** The part of the limits that the run may use. */
  rateShare: number
  /** The table of a name: parents are asked for first. */
  findTable: (name: string) => Table
  now: EpochSeconds
  signal: AbortSignal
}>

/** Until an answer has told. */
const LATENCY_GUESS_MS = 300

/**
 * Looks at all tables side by side, as a run would read them. One that fails does not stop the others. Pages that
 * a killed run left on disk are not known here: they make the real run shorter.
 */
export async function estimateTables(
  context: EstimateContext,
  prepared: readonly Prepared[],
): Promise<Readonly<{ estimate: Estimate; failures: readonly TableFailure[] }>> {
  const failures: TableFailure[] = []
  const looked = await Promise.all(
    prepared.map(async (each) => {
      try {
        const measure = await measured(context, each)
        return [{ each, measure, load: loadOf(context, each.job, measure) }]
      } catch (error) {
        failures.push({ table: each.job.table.name, error: explained(error) })
        return []
      }
    }),
  )
  context.signal.throwIfAborted()
  const done = looked.flat()
  const tables = done.map(({ each, measure, load }) => tableEstimate(each, measure, load))
  return {
    estimate: {
      tables,
      rows: sumOf(tables.map(({ rows }) => rows)),
      requests: tables.reduce((sum, { requests }) => sum + requests, 0),
      looks: tables.reduce((sum, { looks }) => sum + looks, 0),
      ...costOf(done.map(({ load }) => load)),
    },
    failures,
  }
}

function measured(
  { source, signal, findTable, now }: EstimateContext,
  { job: { table }, plan, lastRows }: Prepared,
): Promise<Measure> {
  const looker = new Looker(source, signal)
  if (plan !== null && table.cursor !== null)
    return measureWindows(looker, table, table.cursor, { tasks: plan.tasks, now })
  const parent = table.parent === null ? null : findTable(table.parent.table)
  return measureWhole(looker, { table, parent, lastRows })
}

function loadOf({ rateShare }: EstimateContext, { table, parallelism }: TableJob, measure: Measure): Load {
  const { parent, rows } = measure
  const rate = shareOf(table.rate, rateShare)
  const latencyMs = measure.latencyMs ?? LATENCY_GUESS_MS
  const streams = measure.streams ?? streamsOf(parallelism, rate, latencyMs)
  const pages = measure.pages + splits(measure, streams)
  const inTurn = Math.max(measure.longestStream ?? 1, Math.ceil(pages / streams)) + (parent?.pages ?? 0)
  return {
    spendings: [
      { endpoint: table.path, rate, requests: pages },
      ...(parent === null
        ? []
        : [
            {
              endpoint: parent.table.path,
              rate: shareOf(parent.table.rate, rateShare),
              requests: parent.pages,
            },
          ]),
    ],
    latencyMs: pages === 0 ? 0 : inTurn * latencyMs,
    rows: rows.count,
  }
}

/** Every stream ends with a window of its own, whose last page is not full. */
const splits = ({ pages, longestStream }: Measure, streams: number): number =>
  longestStream === null ? Math.min(Math.floor(pages / 2), streams) : 0

function streamsOf(parallelism: TableJob['parallelism'], rate: Rate, latencyMs: number): number {
  const concurrency = new Concurrency(parallelism, rate)
  concurrency.observe(latencyMs)
  return concurrency.limit
}

function tableEstimate({ job, plan }: Prepared, measure: Measure, load: Load): TableEstimate {
  const { rows, pages, looks } = measure
  return {
    table: job.table.name,
    read: plan === null ? 'snapshot' : 'windows',
    from: plan === null || plan.tasks.length === 0 ? null : plan.from,
    rows,
    pages,
    requests: load.spendings.reduce((sum, { requests }) => sum + requests, 0),
    ...costOf([load]),
    looks,
  }
}

function sumOf(rows: readonly RowCount[]): RowCount {
  const count = rows.reduce((sum, each) => sum + each.count, 0)
  if (rows.every(({ certainty }) => certainty === 'exact')) return { count, certainty: 'exact', margin: 0 }
  const isLeast = rows.some(({ certainty }) => certainty === 'at least')
  const isKnown = rows.every(({ margin }) => margin !== null)
  const margin = Math.ceil(Math.sqrt(rows.reduce((sum, each) => sum + (each.margin ?? 0) ** 2, 0)))
  return { count, certainty: isLeast ? 'at least' : 'about', margin: isKnown ? margin : null }
}
