import type { Stage } from '../../model/stage.ts'
import type { SqlRow, Transaction } from './database.ts'
import type { Dialect } from './dialect.ts'
import type { LoadPlan, RowsPlan } from './load-plan.ts'
import { render } from './render.ts'
import type { Staged } from './sql.ts'

/** The main stage of a set's batch, and the column of it that owners are named by. */
export type MainStage = Readonly<{ stage: Stage; key: string }>

/** Runs a plan and returns what its statements counted. */
export async function execute(
  tx: Transaction,
  plan: LoadPlan,
  { stage, main, dialect }: Readonly<{ stage: Stage; main?: MainStage; dialect: Dialect }>,
): Promise<readonly SqlRow[]> {
  const runAll = async (steps: LoadPlan['steps'], names: Staged): Promise<readonly SqlRow[]> => {
    const counted: SqlRow[] = []
    for (const statement of render({ ...plan, steps }, dialect, names)) {
      counted.push(...(await tx.run(statement)))
    }
    return counted
  }
  const staged = async (): Promise<Staged> => ({
    stage: await tx.staged(stage),
    ...(main === undefined ? {} : { main: { stage: await tx.staged(main.stage), key: main.key } }),
  })
  const last = plan.steps.at(-1)
  if (tx.insertStage === undefined || last?.kind !== 'merge' || !mayBeAllNew(last.rows, dialect)) {
    return runAll(plan.steps, await staged())
  }
  // While history is read for the first time nearly every batch is all new rows, which merge by being added.
  await runAll(plan.steps.slice(0, -1), { stage: '' })
  const names = last.rows.columns.filter(({ staged }) => staged !== null).map(({ name }) => name)
  if (await tx.insertStage(stage, plan.target, names)) return [{ inserted: stage.rows }]
  return runAll([last], await staged())
}

const mayBeAllNew = ({ columns, reread }: RowsPlan, dialect: Dialect): boolean =>
  reread.length === 0 &&
  columns.every(
    ({ staged, type, actual }) => staged === null || actual === null || actual === dialect.types[type],
  )
