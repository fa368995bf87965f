import type { EstimateOutcome } from '../app.ts'
import type { Estimate, TableEstimate } from '../sync/estimate/estimate.ts'
import type { EstimateOptions } from '../sync/estimate/estimate-options.ts'
import { interruptSignal } from './interrupt.ts'
import { reportFailures } from './report-failures.ts'
import type { Terminal } from './terminal.ts'
import { fitted, folded } from './text-layout.ts'
import { count, counted, roughly } from './units.ts'

export type EstimateRequest = Omit<EstimateOptions, 'signal'> & Readonly<{ json?: boolean | undefined }>

const NOT_IN =
  '--reconcile is not in these figures: it reads the ids of all rows on top, a full page of them with each request.'

/** `sluice estimate …`; resolves to the exit code. */
export async function estimateCommand(
  estimate: (options: EstimateOptions) => Promise<EstimateOutcome>,
  { json = false, ...options }: EstimateRequest,
  terminal: Pick<Terminal, 'print' | 'tell' | 'width'>,
): Promise<number> {
  if (options.reconcile === true) terminal.tell(NOT_IN)
  const signal = interruptSignal(terminal.tell)
  const { estimate: found, failures } = await estimate({ ...options, signal })
  if (json) terminal.print(JSON.stringify(found, null, 2))
  else for (const line of describe(found, terminal.width())) terminal.print(line)
  return reportFailures(failures, terminal, { succeeded: found.tables.length })
}

/** An estimate as a small table. */
export function describe(estimate: Estimate, width = Infinity): readonly string[] {
  const { tables, rows, requests, looks } = estimate
  if (tables.length === 0) return []
  const sum = `${rowsText(rows)} rows with ${count(requests)} requests`
  const table = [
    ['table', 'rows', 'off by', 'pages', 'requests', 'time', 'bound by', ''],
    ...tables.map(line),
  ]
  const lines = [
    ...fitted(table, { width }),
    tables.length === 1
      ? `${sum}: ${timeText(estimate)}. Asked ${counted(looks, 'page')} to find out.`
      : `${sum}, tables side by side: ${timeText(estimate)}, bound by ${boundText(estimate)}. Asked ${counted(looks, 'page')} to find out.`,
  ]
  return folded(lines, width)
}

const line = (table: TableEstimate): readonly string[] => [
  table.table,
  rowsText(table.rows),
  marginText(table.rows),
  count(table.pages),
  count(table.requests),
  timeText(table),
  boundText(table),
  table.pages === 0 || (table.read === 'windows' && table.rows.count === 0)
    ? 'nothing to do'
    : table.read === 'snapshot'
      ? 'read whole'
      : '',
]

type Rows = TableEstimate['rows']

function rowsText({ count: rows, certainty }: Rows): string {
  switch (certainty) {
    case 'exact':
      return count(rows)
    case 'about':
      return `about ${count(rounded(rows))}`
    case 'at least':
      return `at least ${count(rows)}`
    default:
      return certainty satisfies never
  }
}

/** Three digits: the others would claim a precision that is not there. */
function rounded(value: number): number {
  const unit = 10 ** Math.max(0, Math.floor(Math.log10(Math.max(1, value))) - 2)
  return Math.round(value / unit) * unit
}

function marginText({ count: rows, margin, certainty }: Rows): string {
  if (certainty === 'exact') return ''
  return margin === null ? 'unknown' : `± ${Math.ceil((margin / Math.max(1, rows)) * 100)} %`
}

const timeText = ({ rows, durationMs }: Pick<Estimate, 'rows' | 'durationMs'>): string => {
  const text = durationMs < 1_000 ? 'under 1 s' : roughly(durationMs)
  return rows.certainty === 'at least' ? `${text} or more` : text
}

const BOUNDS: Readonly<Record<Estimate['boundBy'], string>> = {
  burst: "Klaviyo's limit per second",
  steady: "Klaviyo's limit per minute",
  daily: "Klaviyo's limit per day",
  latency: "the wait for Klaviyo's answers",
  engine: 'this machine',
}

const boundText = ({ boundBy }: Pick<Estimate, 'boundBy'>): string => BOUNDS[boundBy]
