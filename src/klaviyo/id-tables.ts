import { SluiceError } from '../model/errors.ts'
import type { Cursor, Table } from '../model/table.ts'

/** See `Source.idTables` of sync/. */
export type IdTables = Readonly<{ all: Table; named: Table | null }>

/** Filters travel in the URL, where 50 ids stay far below common limits. */
const IDS_PER_REQUEST = 50

/**
 * A table with a cursor as its ids alone: one attribute, nothing included, no additional fields, the largest pages,
 * every pass. A row is asked for by when it was created, which it keeps: one that changes while the ids are read
 * does not move from a page that is still to come to one that was read.
 */
export function idTables(table: Table): IdTables {
  const { cursor, name, type } = table
  if (cursor === null) throw new SluiceError('bug', `Table "${name}" has no cursor, so its ids are not read.`)
  const stable = cursor.fixed ? cursor : (byCreation(table, cursor) ?? cursor)
  const column = table.columns.find(({ path: [member, field, more] }) => {
    return member === 'attributes' && field === stable.field && more === undefined
  })
  if (column === undefined) throw new SluiceError('bug', `Table "${name}" has no column "${stable.field}".`)
  const bare = {
    ...table,
    columns: [...table.columns.filter(({ path }) => path.join() === 'id'), column],
    cursor: stable,
  }
  const fields = { [`fields[${type}]`]: stable.field }
  const canBeNamed = table.filters.some(
    ({ field, listOperators }) => field === 'id' && listOperators.includes('any'),
  )
  return {
    all: { ...bare, query: { sort: stable.field, ...fields } },
    named: canBeNamed
      ? {
          ...bare,
          query: fields,
          parent: { table: name, field: 'id', idsPerRequest: IDS_PER_REQUEST },
        }
      : null,
  }
}

/** The time of creation as a cursor; null where the endpoint cannot filter and sort by it. */
function byCreation(table: Table, cursor: Cursor): Cursor | null {
  const field = ['created', 'created_at'].find((each) => table.sorts.includes(each))
  const offered = table.filters.find((each) => each.field === field)
  if (field === undefined || offered === undefined) return null
  const lower = (['greater-or-equal', 'greater-than'] as const).find((each) =>
    offered.operators.includes(each),
  )
  if (lower === undefined) return null
  const upper = offered.operators.includes('less-than') ? 'less-than' : null
  return { ...cursor, field, lower, upper, fixed: true }
}
