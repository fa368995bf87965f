import { expect } from 'vitest'
import { never } from './bench.ts'
import type { Ground, Suite } from './suite.ts'

const columns = { id: 'text', at: 'timestamp' } as const
const row = (id: string, time: string) => ({ id, at: `2026-01-${time}Z` })
const at = (time: string): number => Date.parse(`2026-01-${time}Z`) / 1000
const windows = [
  { from: at('01T00:00:00'), to: at('02T00:00:00') },
  { from: at('02T00:00:00'), to: at('03T00:00:00') },
  { from: at('03T00:00:00'), to: null },
]
const look = ({ bench, target }: Ground, column = 'at') =>
  bench.target(target, { cursorColumn: column }).lastRows(windows, never)

export const lastRows: Suite = (check) => {
  check(
    'are found in each window, of one account only',
    async (ground) => {
      const { bench, target } = ground
      await bench.load(target, {
        columns,
        rows: [
          row('a', '01T08:00:00'),
          row('b', '01T09:00:00.999'),
          row('c', '03T00:00:00'),
          row('d', '30T00:00:00'),
        ],
      })
      await bench.load(target, { columns, rows: [row('e', '02T05:00:00')], account: 'other' })
      expect(await look(ground)).toEqual([at('01T09:00:00'), null, at('30T00:00:00')])
    },
    ({ findsKeysByScan }) => findsKeysByScan,
  )

  check(
    'are none where there is no table',
    async (ground) => {
      expect(await look(ground)).toEqual([null, null, null])
    },
    ({ findsKeysByScan }) => findsKeysByScan,
  )

  check('are not looked for by a column that is no time', async (ground) => {
    await ground.bench.load(ground.target, { columns, rows: [row('a', '01T08:00:00')] })
    expect(await look(ground, 'id')).toBeNull()
    expect(await look(ground, 'missing')).toBeNull()
  })

  check(
    'are not looked for in a table that does not tell accounts apart',
    async (ground) => {
      const { bench, target } = ground
      const { dialect } = bench.database
      await bench.run(dialect.createSchema(target.schema ?? ''))
      await bench.run(
        `create table ${dialect.table(target)} (id text, ${dialect.quote('at')} ${dialect.types.timestamp})`,
      )
      expect(await look(ground)).toBeNull()
    },
    ({ sql }) => sql,
  )

  check('say where a load has to search: a row there stays one row', async ({ bench, target }) => {
    const again = { columns, rows: [row('a', '01T08:00:00'), row('b', '02T05:00:00')] }
    const fixed = { cursorFixed: true }
    await bench.load(target, { columns, rows: [row('a', '01T08:00:00')] }, { ...fixed, mayHold: [] })
    const result = await bench.load(target, again, { ...fixed, mayHold: windows.slice(0, 1).map(ended) })
    expect(result).toMatchObject({ inserted: 1, changed: 0, unchanged: 1 })
    const both = await bench.load(target, again, { ...fixed, mayHold: windows.slice(0, 2).map(ended) })
    expect(both).toMatchObject({ inserted: 0, changed: 0, unchanged: 2 })
    expect(await bench.rows(target, 'id')).toEqual([{ id: 'a' }, { id: 'b' }])
  })
}

const ended = ({ from, to }: (typeof windows)[number]) => ({ from, to: to ?? from })
