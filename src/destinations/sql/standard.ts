import type { Spelling } from './dialect.ts'

/** How PostgreSQL says it, and who follows it. */
export const standard: Spelling = {
  keyType: (type) => type,
  definition: (name, type) => `${name} ${type}`,
  hidden: [],
  tableOptions: '',
  dropIndex: ({ qualified }) => `drop index ${qualified}`,
  nullOf: (type) => `cast(null as ${type})`,
  instant: (atMs, bind) => `to_timestamp(cast(${bind(atMs / 1000)} as double precision))`,
  epoch: (timestamp) => `extract(epoch from ${timestamp})`,
  differ: (left, right) => `${left} is distinct from ${right}`,
  same: (left, right) => `${left} is not distinct from ${right}`,
  aggregate: (name, expression, condition) => `${name}(${expression}) filter (where ${condition})`,
  deleteFrom: (table) => `delete from ${table} as t`,
}
