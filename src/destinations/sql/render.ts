import type { Statement } from './database.ts'
import type { Dialect } from './dialect.ts'
import type { LoadPlan, MergingStep, PlannedColumn, Step } from './load-plan.ts'
import { renderMergeByIndex } from './render-merge-by-index.ts'
import { renderMarkMissing, renderRenew } from './render-account.ts'
import { renderByKey } from './render-by-key.ts'
import { renderByRowId } from './render-by-row-id.ts'
import { createTable, plain } from './sql.ts'
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
      const definitions = step.columns.map((column) => definition(column, dialect))
      return [createTable(dialect, `create table ${table}`, definitions)]
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
    case 'drop index': {
      const { schema, name } = step
      const index = { name: dialect.quote(name), qualified: dialect.table({ schema, name }), table }
      return [plain(dialect.dropIndex(index))]
    }
    case 'merge':
    case 'append':
    case 'delete+insert':
      return renderMerging(step, context)
    case 'mark missing':
      return renderMarkMissing(step.rows, step, context)
    case 'renew':
      return renderRenew(step.rows, context)
    default:
      return step satisfies never
  }
}

function renderMerging(step: MergingStep, context: RenderContext): readonly Statement[] {
  const { identity, lookup } = context.dialect
  if (identity.kind === 'key') return renderByKey(step, context, identity.upsert)
  return step.kind === 'merge' && lookup === 'index'
    ? renderMergeByIndex(step.rows, context)
    : renderByRowId(step, context, identity.column)
}

const definition = ({ name, own }: PlannedColumn, dialect: Dialect): string =>
  dialect.definition(dialect.quote(name), own)
