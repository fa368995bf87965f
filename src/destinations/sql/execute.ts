import { ACCOUNT_COLUMN } from '../../model/names.ts'
import type { Stage } from '../../model/stage.ts'
import type { SqlRow, Statement, Transaction } from './database.ts'
import type { Dialect } from './dialect.ts'
import { rowsPart, shapePart } from './load-plan.ts'
import type { LoadPlan, RowsPlan } from './load-plan.ts'
import { render } from './render.ts'
import type { Staged } from './sql.ts'

/** The main stage of a set's batch, and the column of it that owners are named by. */
export type MainStage = Readonly<{ stage: Stage; key: string }>

/**
 * Gives tables their shape, before rows of any of them go in: a change of shape may commit, and rows of one table must
 * not be in while another one still waits.
 */
export async function reshape(tx: Transaction, plans: readonly LoadPlan[], dialect: Dialect): Promise<void> {
  for (const plan of plans) await runAll(tx, render(shapePart(plan), dialect, { stage: '' }))
}

/** Brings the rows of a plan in, and returns what its statements counted. */
export async function execute(
  tx: Transaction,
  plan: LoadPlan,
  { stage, main, dialect }: Readonly<{ stage: Stage; main?: MainStage; dialect: Dialect }>,
): Promise<readonly SqlRow[]> {
  const rows = rowsPart(plan)
  const [step, ...others] = rows.steps
  if (
    tx.insertStage !== undefined &&
    step?.kind === 'merge' &&
    others.length === 0 &&
    mayBeAllNew(step.rows, dialect)
  ) {
    // While history is read for the first time nearly every batch is all new rows, which merge by being added.
    const names = step.rows.columns.filter(({ staged }) => staged !== null).map(({ name }) => name)
    if (await tx.insertStage(stage, plan.target, names)) return [{ inserted: stage.rows }]
  }
  const staged: Staged = {
    stage: await tx.staged(stage, keyOf(rows)),
    ...(main === undefined
      ? {}
      : { main: { stage: await tx.staged(main.stage, [ACCOUNT_COLUMN, main.key]), key: main.key } }),
  }
  return runAll(tx, render(rows, dialect, staged))
}

export async function runAll(tx: Transaction, statements: readonly Statement[]): Promise<readonly SqlRow[]> {
  const counted: SqlRow[] = []
  for (const statement of statements) counted.push(...(await tx.run(statement)))
  return counted
}

/** What tells the rows of the stage apart: every step of rows says the same. */
const keyOf = ({ steps }: LoadPlan): readonly string[] => {
  const step = steps.find((each) => 'rows' in each)
  return step?.rows.key.map(({ staged, name }) => staged ?? name) ?? []
}

const mayBeAllNew = ({ columns, reread }: RowsPlan, dialect: Dialect): boolean =>
  reread.length === 0 &&
  columns.every(
    ({ staged, type, actual }) => staged === null || actual === null || actual === dialect.types[type],
  )
