import type { Statement } from './database.ts'
import type { Dialect } from './dialect.ts'
import type { LoadPlan, PlannedColumn, Step } from './load-plan.ts'
import { renderMergeByIndex } from './render-merge-by-index.ts'
import {
  renderAppend,
  renderDeleteInsert,
  renderMarkMissing,
  renderMergeByScan,
  renderRenew,
} from './render-rows.ts'
import { plain } from './sql.ts'
import type { RenderContext, Staged } from './sql.ts'

/**
 * The statements of a plan, in order. Statements that return
 * a row return counts, which `resultOf` in load.ts sums up by name.
 */
export const render = (
  plan: LoadPlan,
  dialect: Dialect,
  { stage: staged, main }: Staged,
): readonly Statement[] =>
  plan.steps.flatMap((step) => renderStep(step, { dialect, table: dialect.table(plan.target), staged, main }))

function renderStep(step: Step, context: RenderContext): readonly Statement[] {
  const { dialect, table } = context
  switch (step.kind) {
    case 'create schema':
      return [plain(dialect.createSchema(step.schema))]
    case 'create table': {
      const columns = step.columns.map((column) => `  ${definition(column, dialect)}`)
      return [plain(`create table ${table} (\n${columns.join(',\n')}\n)`)]
    }
    case 'add column':
      return [plain(`alter table ${table} add column ${definition(step.column, dialect)}`)]
    case 'create index': {
      const columns = step.key.map((column) => dialect.quote(column.name)).join(', ')
      return [
        plain(
          `create ${step.unique ? 'unique ' : ''}index ${dialect.quote(step.name)} on ${table} (${columns})`,
        ),
      ]
    }
    case 'drop index':
      return [plain(`drop index ${dialect.table({ schema: step.schema, name: step.name })}`)]
    case 'merge':
      return dialect.lookup === 'index'
        ? renderMergeByIndex(step.rows, context)
        : renderMergeByScan(step.rows, context)
    case 'append':
      return renderAppend(step.rows, step.identity, context)
    case 'delete+insert':
      return renderDeleteInsert(step.rows, step.windows, context)
    case 'mark missing':
      return renderMarkMissing(step.rows, step, context)
    case 'renew':
      return renderRenew(step.rows, context)
    default:
      return step satisfies never
  }
}

const definition = ({ name, type }: PlannedColumn, dialect: Dialect): string =>
  `${dialect.quote(name)} ${dialect.types[type]}`
