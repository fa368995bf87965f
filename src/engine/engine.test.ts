import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openEngine } from './open-engine.ts'
import { attribute, EngineBench, id, listOf } from './testing.ts'

let bench: EngineBench
beforeAll(async () => {
  bench = await EngineBench.open()
})
afterAll(() => bench[Symbol.asyncDispose]())

describe('query', () => {
  test.each([
    ['9223372036854775807::bigint', 9223372036854775807n],
    ['170141183460469231731687303715884105727::hugeint', 170141183460469231731687303715884105727n],
    ['7::integer', 7],
    ['0.1::double', 0.1],
    ['12.30::decimal(38,2)', '12.30'],
    ['true', true],
    ['null', null],
    [`timestamptz '2026-01-31 12:00:00.123456+02'`, '2026-01-31T10:00:00.123456Z'],
    [`timestamptz '1969-12-31 23:59:59.999999Z'`, '1969-12-31T23:59:59.999999Z'],
    [`timestamptz '0001-01-01 00:00:00Z'`, '0001-01-01T00:00:00.000000Z'],
    [`timestamptz 'infinity'`, 'infinity'],
    [`timestamp '2026-01-31 12:00:00.5'`, '2026-01-31T12:00:00.500000'],
    [`date '2026-01-31'`, '2026-01-31'],
    [`'{"a":123456789012345678901234567890}'::json`, '{"a":123456789012345678901234567890}'],
    [`'00000000-0000-0000-0000-00000000000a'::uuid`, '00000000-0000-0000-0000-00000000000a'],
    ['[1, 2]', '[1, 2]'],
  ])('gives %s exactly', async (sql, value) => {
    expect(await bench.engine.query(`select ${sql}`)).toEqual([[value]])
  })

  test('binds values as what they are', async () => {
    const values = ['o\'c"\u0000', 3, 2.5, 9007199254740993n, 2n ** 100n, false, null]
    const [row] = await bench.engine.query(
      `select $1, $2, $3, $4, $5, $6, $7, typeof($2), typeof($4), typeof($5)`,
      values,
    )
    expect(row).toEqual([
      'o\'c"\u0000',
      3n,
      2.5,
      9007199254740993n,
      2n ** 100n,
      false,
      null,
      'BIGINT',
      'BIGINT',
      'HUGEINT',
    ])
  })

  test('runs in the order of the calls, and goes on after an error', async () => {
    await bench.engine.run('create temp table steps (n integer)')
    const failed = bench.engine.run('insert into nowhere values (1)')
    const all = Array.from({ length: 20 }, (_, n) => bench.engine.run('insert into steps values ($1)', [n]))
    await expect(failed).rejects.toThrow(/nowhere/)
    await Promise.all(all)
    const rows = await bench.engine.query('select n from steps order by rowid')
    expect(rows.map(([n]) => n)).toEqual(Array.from({ length: 20 }, (_, n) => n))
  })
})

describe('a transaction on the engine', () => {
  test('is not touched by staging beside it, and its rollback takes no stage away', async () => {
    await bench.engine.run(`attach ':memory:' as target`)
    await bench.engine.run('create table target.rows (id varchar)')
    const stage = await bench.stage([listOf('{}', '{}')], [id])
    await bench.engine.run('begin transaction')
    await bench.engine.run(`insert into target.rows values ('x')`)
    await expect(bench.stage(['nonsense'], [id])).rejects.toThrow(/not JSON/)
    const beside = await bench.stage([listOf('{}')], [id])
    await bench.engine.run(`insert into target.rows select id from "${stage.relation}"`)
    expect(await bench.engine.query('select count(*) from target.rows')).toEqual([[3n]])
    await bench.engine.run('rollback')
    expect(await bench.engine.query('select count(*) from target.rows')).toEqual([[0n]])
    expect(await bench.rows(beside)).toHaveLength(1)
    expect(await bench.rows(stage)).toHaveLength(2)
    await bench.engine.drop(stage)
    await expect(bench.rows(stage)).rejects.toThrow(stage.relation)
  })
})

describe('copy', () => {
  const columns = [
    id,
    attribute('te"xt', 'text'),
    attribute('i', 'integer'),
    attribute('b', 'boolean'),
    attribute('d', 'decimal'),
    attribute('at', 'timestamp'),
    attribute('j', 'json'),
  ]
  const body = listOf(
    '{"te\\"xt":"a\\"b,\\nc\\r\\\\.","i":-9223372036854775808,"b":false,"d":0.1,"at":"2026-01-31T12:00:00.123456+02:00","j":{"q":"\\"\\n","n":123456789012345678901234567890}}',
    '{"te\\"xt":"","j":""}',
    '{}',
    '{"te\\"xt":"\\\\.","j":"é\u{1F600}"}',
  )

  test('writes CSV that tells null from empty, and keeps zones, quotes and line ends', async () => {
    const stage = await bench.stage([body], columns)
    const file = join(bench.directory, "it's.csv")
    expect(await bench.engine.copy(stage, file, 'csv')).toEqual({ withoutNul: 0, altered: [] })
    const own = '"shop",2025-10-09 08:53:20.123000+00:00'
    expect(await readFile(file, 'utf8')).toBe(
      [
        `"1","a""b,\nc\r\\.",-9223372036854775808,false,0.1,2026-01-31 10:00:00.123456+00:00,"{""q"":""\\""\\n"",""n"":123456789012345678901234567890}",${own}`,
        `"2","",,,,,"""""",${own}`,
        `"3",,,,,,,${own}`,
        `"4","\\.",,,,,"""é\u{1F600}""",${own}`,
        '',
      ].join('\n'),
    )
  })

  test('writes Parquet that gives the same rows back', async () => {
    const stage = await bench.stage([body], columns)
    const file = join(bench.directory, 'stage.parquet')
    await bench.engine.copy(stage, file, 'parquet')
    const all = `from (select * exclude (j), j::varchar as j from`
    expect(await bench.engine.query(`select * ${all} read_parquet('${file}')) order by id`)).toEqual(
      await bench.engine.query(`select * ${all} "${stage.relation}") order by id`),
    )
  })

  test('writes parts that hold each row once, whatever was left out of the stage', async () => {
    const [twice, once] = [listOf('{"i":1}', '{"i":2}', '{"i":3}'), listOf('{"i":4}')]
    const stage = await bench.stage([twice, once], [id, attribute('i', 'integer')], { key: ['id'] })
    expect(stage.rows).toBe(3) // the second page's row took the place of the first page's
    for (const of of [1, 2, 5]) {
      const ids: string[] = []
      for (let number = 0; number < of; number++) {
        const file = join(bench.directory, `part-${number}.csv`)
        await bench.engine.copy(stage, file, 'csv', { withoutNul: true, part: { number, of } })
        ids.push(...[...(await readFile(file, 'utf8')).matchAll(/^"(\d)",(\d)/gm)].map(([, , i]) => i ?? ''))
      }
      expect(ids.sort()).toEqual(['2', '3', '4'])
    }
  })

  test('leaves NUL characters out when asked to, and counts the values', async () => {
    const stage = await bench.stage(
      [
        listOf(
          '{"t":"a\\u0000\\u0000b","j":{"a":"\\u0000\\u0000\\u0000","b":"\\\\u0000"}}',
          '{"t":"plain","j":"\\\\\\u0000"}',
        ),
      ],
      [id, attribute('t', 'text'), attribute('j', 'json')],
    )
    const file = join(bench.directory, 'nul.csv')
    expect(await bench.engine.copy(stage, file, 'csv', { withoutNul: true })).toEqual({
      withoutNul: 3,
      altered: [
        { kind: 'nul', column: 't', rows: 1, exampleKey: '1' },
        { kind: 'nul', column: 'j', rows: 2, exampleKey: '1' },
      ],
    })
    const lines = (await readFile(file, 'utf8')).split('\n')
    expect(lines[0]).toMatch(/^"1","ab","{""a"":"""",""b"":""\\\\u0000""}",/)
    expect(lines[1]).toMatch(/^"2","plain","""\\\\""",/)
  })

  test('says so when there is no room or no such folder', async () => {
    const stage = await bench.stage([body], columns)
    await expect(bench.engine.copy(stage, join(bench.directory, 'nowhere', 'x.csv'), 'csv')).rejects.toThrow(
      /nowhere/,
    )
  })
})

test('what does not fit into memory spills, and out of memory is explained', async () => {
  const tempDirectory = join(bench.directory, 'small')
  await mkdir(tempDirectory)
  await using engine = await openEngine({ tempDirectory, memoryLimitMb: 64, threads: 1 })
  const padding = 'x'.repeat(1000)
  const rows = Array.from({ length: 2000 }, (_, n) => `{"id":"${n}","attributes":{"p":"${n}${padding}"}}`)
  const files = await Promise.all(
    Array.from({ length: 40 }, () => bench.page(`{"data":[${rows.join(',')}]}`)),
  )
  const request = {
    files,
    columns: [id, attribute('p', 'text')],
    key: ['id'],
    cursor: null,
    account: 'shop',
    syncedAtMs: 0,
  }
  const stage = await engine.stage(request)
  expect(stage.rows).toBe(2000)
  await engine.run(`set memory_limit = '1MB'`)
  await expect(engine.stage(request)).rejects.toThrow(/ran out of the memory/)
})
