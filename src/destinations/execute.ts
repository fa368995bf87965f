import type { SqlRow, Transaction } from './destination.ts'
import type { Dialect } from './dialect.ts'
import type { LoadPlan, RowsPlan } from './load-plan.ts'
import { render } from './render.ts'

/** Runs a plan and returns what its statements counted. `rows`: how many the stage has. */
export async function execute(
  tx: Transaction,
  plan: LoadPlan,
  { rows, dialect }: Readonly<{ rows: number; dialect: Dialect }>,
): Promise<readonly SqlRow[]> {
  const runAll = async (steps: LoadPlan['steps'], staged: string): Promise<readonly SqlRow[]> => {
    const counted: SqlRow[] = []
    for (const statement of render({ ...plan, steps }, dialect, staged)) {
      counted.push(...(await tx.run(statement)))
    }
    return counted
  }
  const last = plan.steps.at(-1)
  if (tx.insertStage === undefined || last?.kind !== 'merge' || !mayBeAllNew(last.rows, dialect)) {
    return runAll(plan.steps, await tx.staged())
  }
  // While history is read for the first time nearly every batch is all new rows, which merge by being added.
  await runAll(plan.steps.slice(0, -1), '')
  const names = last.rows.columns.map(({ name }) => name)
  if (await tx.insertStage(plan.target, names)) return [{ inserted: rows }]
  return runAll([last], await tx.staged())
}

const mayBeAllNew = ({ columns, reread }: RowsPlan, dialect: Dialect): boolean =>
  reread.length === 0 &&
  columns.every(({ type, actual }) => actual === null || actual === dialect.types[type])
