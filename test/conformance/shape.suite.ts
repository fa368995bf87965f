import { expect } from 'vitest'
import { never } from './bench.ts'
import type { Suite } from './suite.ts'

const at = '2026-01-01T00:00:00Z'

export const shape: Suite = (check) => {
  check('adds the columns that are new, and leaves empty what the stage lacks', async ({ bench, target }) => {
    await bench.load(target, {
      columns: { id: 'text', at: 'timestamp', old: 'text' },
      rows: [{ id: 'a', at, old: 'x' }],
    })
    const columns = { id: 'text', at: 'timestamp', n: 'integer', j: 'json', ok: 'boolean' } as const
    const rows = [
      { id: 'a', at, n: 1n, j: '{}', ok: true },
      { id: 'b', at, n: 2n },
    ]
    const result = await bench.load(target, { columns, rows })
    expect(result).toMatchObject({ inserted: 1, changed: 1, addedColumns: ['n', 'j', 'ok'] })
    expect(await bench.rows(target, 'id, old, n, ok')).toEqual([
      { id: 'a', old: null, n: 1n, ok: true },
      { id: 'b', old: null, n: 2n, ok: null },
    ])
    expect(await bench.load(target, { columns, rows })).toMatchObject({ unchanged: 2, addedColumns: [] })
  })

  check('finds columns whatever their case', async ({ bench, target }) => {
    await bench.load(target, {
      columns: { id: 'text', at: 'timestamp', NoTe: 'text' },
      rows: [{ id: 'a', at }],
    })
    const columns = { id: 'text', at: 'timestamp', note: 'text' } as const
    const result = await bench.load(target, { columns, rows: [{ id: 'a', at, note: 'x' }] })
    expect(result).toMatchObject({ changed: 1, addedColumns: [] })
    expect(await bench.rows(target, bench.eyes.quote('NoTe'))).toEqual([{ NoTe: 'x' }])
  })

  check('a wider column takes the values and finds them again', async ({ bench, target }) => {
    const texts = { n: 'text', d: 'text', ok: 'text', j: 'text', seen: 'text' } as const
    await bench.load(target, { columns: { id: 'text', at: 'timestamp', ...texts }, rows: [] })
    const columns = {
      id: 'text',
      at: 'timestamp',
      n: 'integer',
      d: 'decimal',
      ok: 'boolean',
      j: 'json',
      seen: 'timestamp',
    } as const
    const rows = [
      {
        id: 'a',
        at,
        n: 9007199254740993n,
        d: 0.5,
        ok: true,
        j: '{"a":1}',
        seen: '2026-01-01T12:00:00.123456Z',
      },
    ]
    expect(await bench.load(target, { columns, rows })).toMatchObject({ inserted: 1, addedColumns: [] })
    expect(await bench.load(target, { columns, rows })).toMatchObject({ unchanged: 1 })
    const [row] = await bench.rows(target)
    expect(row).toMatchObject({ n: '9007199254740993', d: '0.5', ok: 'true' })
    expect(JSON.parse(String(row?.['j']))).toEqual({ a: 1 })
    expect(String(row?.['seen'])).toMatch(/^2026-01-01[T ]12:00:00\.123456(Z|\+00)$/)
  })

  check('refuses a column that cannot take the values, and says which', async ({ bench, target }) => {
    const made = { id: 'text', at: 'timestamp', n: 'boolean' } as const
    await bench.load(target, { columns: made, rows: [{ id: 'a', at }] })
    const before = await bench.eyes.names(target)
    const columns = { id: 'text', at: 'timestamp', extra: 'text', n: 'integer' } as const
    const refused = bench.load(target, { columns, rows: [{ id: 'b', at, n: 70_000n }] })
    await expect(refused).rejects.toMatchObject({ fault: 'destination' })
    await expect(refused).rejects.toThrow(
      new RegExp(`"n" of table .*${target.name}.* is .+, but the data needs .+`),
    )
    expect(await bench.eyes.names(target)).toEqual(before)
    expect(await bench.rows(target, 'id')).toEqual([{ id: 'a' }])
  })

  check(
    'refuses a column that somebody made too narrow, in the words of the database',
    async ({ bench, target, claims }) => {
      const { dialect } = bench.database
      await bench.load(target, { columns: { id: 'text', at: 'timestamp' }, rows: [{ id: 'a', at }] })
      await bench.run(`alter table ${dialect.table(target)} add column n ${claims.types.smallInteger}`)
      const columns = { id: 'text', at: 'timestamp', n: 'integer' } as const
      await expect(bench.load(target, { columns, rows: [{ id: 'b', at, n: 70_000n }] })).rejects.toThrow(
        `is ${claims.types.smallInteger}, but the data needs ${dialect.types.integer}`,
      )
    },
    ({ sql }) => sql,
  )

  check(
    'a timestamp without zone, or a cursor that is a text, is refused',
    async ({ bench, target, claims }) => {
      const { dialect } = bench.database
      await bench.load(target, { columns: { id: 'text', at: 'timestamp' }, rows: [] })
      await bench.run(
        `alter table ${dialect.table(target)} add column seen ${claims.types.timestampWithoutZone}`,
      )
      await bench.run(`alter table ${dialect.table(target)} add column moved ${claims.types.text}`)
      const rows = [{ id: 'a', at }]
      const columns = { id: 'text', at: 'timestamp' } as const
      await expect(bench.load(target, { columns: { ...columns, seen: 'timestamp' }, rows })).rejects.toThrow(
        /"seen"/,
      )
      await expect(
        bench.load(target, { columns: { ...columns, moved: 'timestamp' }, rows }, { cursorColumn: 'moved' }),
      ).rejects.toThrow(/"moved"/)
    },
    ({ sql }) => sql,
  )

  check(
    'does not touch a table that somebody else made',
    async ({ bench, target }) => {
      const { dialect } = bench.database
      await bench.run(dialect.createSchema(target.schema ?? ''))
      await bench.run(`create table ${dialect.table(target)} (id ${dialect.types.text})`)
      const columns = { id: 'text', at: 'timestamp' } as const
      const refused = bench.load(target, { columns, rows: [{ id: 'a', at }] })
      await expect(refused).rejects.toThrow(/has no column "_sluice_account", so it was not made by sluice/)
      await expect(bench.load(target, { columns, rows: [] }, { refresh: true })).rejects.toThrow(
        /not made by sluice/,
      )
    },
    ({ sql }) => sql,
  )

  check(
    'says so when the target is a view',
    async ({ bench, target }) => {
      const { dialect } = bench.database
      await bench.run(dialect.createSchema(target.schema ?? ''))
      await bench.run(`create view ${dialect.table(target)} as select 1 as id`)
      const refused = bench.load(target, {
        columns: { id: 'text', at: 'timestamp' },
        rows: [{ id: 'a', at }],
      })
      await expect(refused).rejects.toThrow(/is a view/)
    },
    ({ sql }) => sql,
  )

  check(
    'a failure in the middle leaves everything as it was, coverage too',
    async ({ bench, target, claims }) => {
      const { dialect } = bench.database
      const columns = { id: 'text', at: 'timestamp' } as const
      const window = { from: 0, to: 100, readAt: 200 }
      await bench.load(target, { columns, rows: [{ id: 'a', at }] }, { covered: [{ pass: '', window }] })
      const all = async (): Promise<unknown> => [
        await bench.database.describe(target),
        await bench.rows(target),
        await bench.run(
          `select count(*) as n from ${dialect.table({ schema: '_sluice', name: 'coverage' })}`,
        ),
      ]
      const before = await all()
      const broken = bench.database.transaction(async (tx) => {
        const run = (sql: string): Promise<unknown> => tx.run({ sql, values: [] })
        if (claims.undoesShape === 'yes')
          await run(`alter table ${dialect.table(target)} add column more ${dialect.types.text}`)
        await run(`delete from ${dialect.table(target)}`)
        await run(`delete from ${dialect.table({ schema: '_sluice', name: 'coverage' })}`)
        await run('select no_such_column')
      }, never)
      await expect(broken).rejects.toMatchObject({ fault: 'destination' })
      expect(await all()).toEqual(before)
    },
    ({ sql }) => sql,
  )

  check(
    'stops when told to, and rolls back',
    async ({ bench, target }) => {
      const { dialect } = bench.database
      const stop = new AbortController()
      await bench.load(target, { columns: { id: 'text', at: 'timestamp' }, rows: [{ id: 'a', at }] })
      const stopped = bench.database.transaction(async (tx) => {
        await tx.run({ sql: `delete from ${dialect.table(target)}`, values: [] })
        stop.abort(new Error('the user said stop'))
      }, stop.signal)
      await expect(stopped).rejects.toThrow('the user said stop')
      expect(await bench.rows(target, 'id')).toEqual([{ id: 'a' }])
    },
    ({ sql }) => sql,
  )

  check('a load that is told to stop leaves rows and coverage as they were', async ({ bench, target }) => {
    const columns = { id: 'text', at: 'timestamp' } as const
    const covered = [{ pass: '', window: { from: 0, to: 100, readAt: 200 } }]
    await bench.load(target, { columns, rows: [{ id: 'a', at }] })
    const stop = AbortSignal.abort(new Error('the user said stop'))
    const stopped = bench.load(target, { columns, rows: [{ id: 'b', at }] }, { covered, signal: stop })
    await expect(stopped).rejects.toThrow('the user said stop')
    expect(await bench.rows(target, 'id')).toEqual([{ id: 'a' }])
    expect((await bench.state(target)).coverage.size).toBe(0)
  })

  check(
    'gives up a running statement when told to stop',
    async ({ bench, claims }) => {
      const stop = new AbortController()
      const startedAt = performance.now()
      const stopped = bench.database.transaction((tx) => {
        const slow = tx.run({ sql: claims.slowQuery, values: [] })
        setTimeout(() => stop.abort(new Error('the user said stop')), 50)
        return slow
      }, stop.signal)
      await expect(stopped).rejects.toThrow('the user said stop')
      expect(performance.now() - startedAt).toBeLessThan(5_000)
      expect(await bench.run('select 1 as n')).toHaveLength(1)
    },
    ({ interrupts }) => interrupts,
  )
}
