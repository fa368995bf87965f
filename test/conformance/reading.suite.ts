import { expect } from 'vitest'
import type { QueryValue } from '../../src/model/query-rows.ts'
import type { Bench } from './bench.ts'
import { never } from './bench.ts'
import type { Suite } from './suite.ts'

const columns = { id: 'text', at: 'timestamp', n: 'integer', d: 'decimal', ok: 'boolean', j: 'json' } as const

async function readAll(bench: Bench, query: string): Promise<readonly (readonly QueryValue[])[]> {
  await using rows = await bench.place.read(query, never)
  const all: (readonly QueryValue[])[] = []
  for await (const batch of rows.batches()) all.push(...batch)
  return all
}

export const reading: Suite = (check) => {
  check('rows of a query come typed and exact', async ({ bench, target }) => {
    const at = '2026-01-31T12:00:00.123456Z'
    await bench.load(target, {
      columns,
      rows: [
        { id: `Zoë "☕" '\n`, at, n: 9007199254740993n, d: 0.1, ok: true, j: '{"a":[1,null]}' },
        { id: '', at: null, n: null, d: null, ok: null, j: null },
      ],
    })
    const [table, moment] = [bench.eyes.table(target), bench.eyes.quote('at')]
    const query = `select id, ${moment}, n, d, ok, j, 1 as twice, 2 as twice from ${table} order by id desc;  -- all of it`
    await using rows = await bench.place.read(query, never)
    expect(rows.columns.map(({ name, type }) => [name, type])).toEqual([
      ['id', 'text'],
      ['at', 'timestamp'],
      ['n', 'integer'],
      ['d', 'decimal'],
      ['ok', 'boolean'],
      ['j', 'json'],
      ['twice', 'integer'],
      ['twice', 'integer'],
    ])
    const [first, second] = await readAll(bench, query)
    expect(first?.slice(0, 5)).toEqual([`Zoë "☕" '\n`, at, 9007199254740993n, 0.1, true])
    expect(JSON.parse(String(first?.[5]))).toEqual({ a: [1, null] })
    expect(first?.slice(6).map(Number)).toEqual([1, 2])
    expect(second?.slice(0, 6)).toEqual(['', null, null, null, null, null])
  })

  check('decimals keep every digit, and lists are JSON', async ({ bench, claims }) => {
    const [row] = await readAll(bench, claims.exactQuery)
    expect(row).toEqual(['12345678901234567890.123456789', '[1,null,3]'])
  })

  check('an empty result is one, with its columns', async ({ bench }) => {
    await using rows = await bench.place.read('select 1 as n where 1 = 0', never)
    expect(rows.columns).toMatchObject([{ name: 'n', type: 'integer' }])
    for await (const batch of rows.batches()) expect(batch).toEqual([])
  })

  check('a query that fails half-way is an error, never a small result', async ({ bench, claims }) => {
    await expect(readAll(bench, claims.failingQuery(59_000, 60_000))).rejects.toMatchObject({
      code: 'refused-query',
    })
    expect(await readAll(bench, claims.failingQuery(70_000, 60_000))).toHaveLength(60_000)
  })

  check('what is not one query that reads is refused and does nothing', async ({ bench, target }) => {
    await bench.load(target, { columns: { id: 'text', at: 'timestamp' }, rows: [{ id: 'a', at: null }] })
    const table = bench.eyes.table(target)
    for (const query of [
      '',
      'selekt 1',
      `delete from ${table}`,
      `select 1; delete from ${table}`,
      `drop table ${table}`,
    ])
      await expect(readAll(bench, query)).rejects.toMatchObject({ code: 'refused-query' })
    expect(await bench.rows(target, 'id')).toEqual([{ id: 'a' }])
  })

  check('loads go on beside it, which it does not see', async ({ bench, target }) => {
    const rows = (id: string) => ({
      columns: { id: 'text', at: 'timestamp' } as const,
      rows: [{ id, at: null }],
    })
    await bench.load(target, rows('a'))
    await using reading = await bench.place.read(`select id from ${bench.eyes.table(target)}`, never)
    await bench.load(target, rows('b'))
    const seen: QueryValue[] = []
    for await (const batch of reading.batches()) seen.push(...batch.map(([id]) => id ?? null))
    expect(seen).toEqual(['a'])
  })

  check('stops when told to', async ({ bench, claims }) => {
    const stop = new AbortController()
    const reading = bench.place.read(claims.failingQuery(3_000_000_000, 2_000_000_000), stop.signal)
    setTimeout(() => {
      stop.abort(new Error('the user said stop'))
    }, 200)
    const startedAt = performance.now()
    const drain = async (): Promise<void> => {
      for await (const batch of (await reading).batches()) if (batch.length === 0) return
    }
    await expect(drain()).rejects.toThrow('the user said stop')
    expect(performance.now() - startedAt).toBeLessThan(20_000)
    expect(await readAll(bench, 'select 1 as n')).toHaveLength(1)
  })
}
