import { join } from 'node:path'
import type { Session, Value } from '../../engine/engine.ts'
import { quoteLiteral } from '../../engine/quote.ts'
import { DELETED_AT_COLUMN } from '../../model/names.ts'
import type { StageColumn } from '../../model/stage.ts'
import type { SqlRow, Statement } from '../sql/database.ts'
import type { LoadPlan, RowsPlan, Step } from '../sql/load-plan.ts'
import { countsOfAdded } from '../sql/render-counts.ts'
import { render } from '../sql/render.ts'
import { Columns, plain, Values, within } from '../sql/sql.ts'
import type { Staged } from '../sql/sql.ts'
import type { DataFile } from './manifest.ts'
import { FILE_COLUMN, rowsOf } from './rows-sql.ts'
import type { Reading } from './rows-sql.ts'

const WORK = { schema: null, name: '_sluice_work' } as const
const LOCATED = 'temp."_sluice_located"'

/** A batch, worked out: what it does to files of the account, and the rows that come. */
export type Worked = Readonly<{
  counted: readonly SqlRow[]
  /** Paths of files of which rows go or change. */
  touched: ReadonlySet<string>
  /** By how many rows the table grows. */
  growth: number
  /** A query for rows that are in no file yet, with the table's columns. */
  additions: string
  /** A query for the rows of some files as they are now. */
  remaining: (sources: readonly DataFile[]) => string
}>

export type WorkRequest = Reading &
  Readonly<{
    session: Session
    plan: LoadPlan
    /** Quoted names of the batch's relations. */
    staged: Staged
    /** Of the table, with what the plan adds. */
    columns: readonly StageColumn[]
    /** Where rows of the batch may be. */
    candidates: readonly DataFile[]
  }>

/**
 * Finds out what a batch changes, by the statements that would change a table of a database: they run over a table
 * that holds only those rows of the files that the batch may touch. Leaves temporary tables behind, until it is called
 * again.
 */
export async function work(request: WorkRequest): Promise<Worked> {
  const { candidates, plan, dialect, columns } = request
  const steps = plan.steps.filter(isOfRows)
  const rows = rowsPlanOf(steps)
  if (candidates.length === 0) return workNew(request, rows)
  const { session } = request
  const { run } = runner(session)
  const table = dialect.table(WORK)
  for (const name of [table, LOCATED]) await run(plain(`drop table if exists ${name}`))
  await run(knownRows(request, rows, steps))
  const found = await countRows(session, table)
  const key = new Columns(dialect).list(rows.key)
  await run(plain(`create temp table ${LOCATED} as select distinct ${FILE_COLUMN}, ${key} from ${table}`))
  const before = await perFile(session, table)
  const counted: SqlRow[] = []
  for (const statement of render({ target: WORK, steps }, dialect, request.staged))
    counted.push(...(await run(statement)))
  const after = await perFile(session, table)
  const isTouched = ({ path }: DataFile): boolean => {
    const whole = join(request.folder, path)
    return before.get(whole) !== after.get(whole)
  }
  const list = columns.map(({ name }) => dialect.quote(name)).join(', ')
  return {
    counted,
    growth: (await countRows(session, table)) - found,
    touched: new Set(candidates.filter(isTouched).map(({ path }) => path)),
    additions: `select ${list} from ${table} where ${FILE_COLUMN} is null`,
    remaining: (sources) => remainingRows(sources, rows, request),
  }
}

/** Nothing of the batch is there yet: it comes as it is. */
async function workNew({ session, columns, dialect, staged }: WorkRequest, rows: RowsPlan): Promise<Worked> {
  const context = { dialect, table: '', staged: staged.stage, main: staged.main }
  const counted = await runner(session).run(countsOfAdded(rows, null, context))
  const from = new Columns(dialect)
  const values = columns.map(({ name, type }) => {
    const planned = rows.columns.find((column) => column.name === name)
    const value = planned === undefined ? `cast(null as ${dialect.types[type]})` : from.staged(planned)
    return `${value} as ${dialect.quote(name)}`
  })
  return {
    counted,
    growth: Number(counted[0]?.['inserted'] ?? 0),
    touched: new Set(),
    additions: `select ${values.join(', ')} from ${staged.stage} as s`,
    remaining: () => '',
  }
}

/** Of the rows that are there: those with a key of the batch, and those that it may take away or mark. */
function knownRows(request: WorkRequest, rows: RowsPlan, steps: readonly RowStep[]): Statement {
  const { dialect, staged, columns, candidates } = request
  const values = new Values(dialect)
  const names = new Columns(dialect)
  const others = steps.flatMap((step) => {
    if (step.kind === 'mark missing') {
      const owned =
        step.owner === null || staged.main === undefined
          ? ''
          : ` and t.${names.target(step.owner)} in (select m.${dialect.quote(staged.main.key)} from ${staged.main.stage} as m)`
      return [`(t.${dialect.quote(DELETED_AT_COLUMN)} is null${owned})`]
    }
    if (step.kind === 'delete+insert' && rows.cursor !== null)
      return [within(`t.${names.target(rows.cursor)}`, step.windows, values)]
    return []
  })
  const matches = `exists (select 1 from ${staged.stage} as s where ${names.sameKey(rows.key)})`
  return values.statement(
    `create temp table ${dialect.table(WORK)} as
select * from (
${rowsOf(candidates, columns, request)}
) as t
where ${[matches, ...others].join(' or ')}`,
  )
}

/** What of some files stays as it was, and what of the rows looked at is still theirs. */
function remainingRows(sources: readonly DataFile[], rows: RowsPlan, request: WorkRequest): string {
  const { dialect, columns, folder } = request
  const list = columns.map(({ name }) => dialect.quote(name)).join(', ')
  const same = rows.key.map(({ name }) => `l.${dialect.quote(name)} = t.${dialect.quote(name)}`).join(' and ')
  const paths = sources.map(({ path }) => quoteLiteral(join(folder, path))).join(', ')
  return `select ${list} from (
${rowsOf(sources, columns, request)}
) as t
where not exists (select 1 from ${LOCATED} as l where l.${FILE_COLUMN} = t.${FILE_COLUMN} and ${same})
union all
select ${list} from ${dialect.table(WORK)} where ${FILE_COLUMN} in (${paths})`
}

/** What tells whether something happened to the rows of a file: they are only taken away, or marked deleted. */
async function perFile(session: Session, table: string): Promise<ReadonlyMap<string, string>> {
  const found = await session.query(
    `select ${FILE_COLUMN}, count(*), count("${DELETED_AT_COLUMN}") from ${table} where ${FILE_COLUMN} is not null group by 1`,
  )
  return new Map(found.map(([path, rows, deleted]) => [String(path), `${rows} ${deleted}`]))
}

async function countRows(session: Session, table: string): Promise<number> {
  const [[count] = []] = await session.query(`select count(*) from ${table}`)
  return Number(count)
}

type RowStep = Extract<Step, Readonly<{ rows: RowsPlan }>>

const isOfRows = (step: Step): step is RowStep => 'rows' in step

function rowsPlanOf(steps: readonly RowStep[]): RowsPlan {
  const [first] = steps
  if (first === undefined) throw new TypeError('a plan without rows')
  return first.rows
}

const runner = (session: Session) => ({
  run: async ({ sql, values }: Statement): Promise<readonly SqlRow[]> => {
    const { columns, rows } = await session.select(sql, values)
    return rows.map((row) =>
      Object.fromEntries(columns.map((name, i): [string, Value] => [name, row[i] ?? null])),
    )
  },
})
