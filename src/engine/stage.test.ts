import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Column } from '../model/table.ts'
import { attribute, EngineBench, id, listOf } from './testing.ts'
import { UnloadablePage } from './unloadable.ts'

let bench: EngineBench
beforeAll(async () => {
  bench = await EngineBench.open()
})
afterAll(() => bench[Symbol.asyncDispose]())

const own = { _sluice_account: 'shop', _sluice_synced_at: '2025-10-09T08:53:20.123000Z' }

describe('typed columns', () => {
  test('every type, from the value as it came', async () => {
    const stage = await bench.stage(
      [
        listOf(
          '{"t":"caf\\u00e9 \\"x\\"","i":9007199254740993,"d":19.99,"b":true,"at":"2026-09-04T12:18:54+00:00","j":{"z":1,"a":[1,"x"]}}',
          '{"t":null,"i":null,"d":null,"b":null,"at":null,"j":null}',
          '{}',
          '{"t":"","i":-9223372036854775808,"d":-0.0,"b":false,"at":"2026-09-04 12:18:54.123456-05:30","j":"text"}',
          '{"t":5,"i":"12","d":"40.7","b":"true","at":"2026-09-04T12:18:54Z","j":0}',
        ),
      ],
      [
        id,
        attribute('t', 'text'),
        attribute('i', 'integer'),
        attribute('d', 'decimal'),
        attribute('b', 'boolean'),
        attribute('at', 'timestamp'),
        attribute('j', 'json'),
      ],
    )
    expect(stage.columns.map(({ name }) => name)).toEqual([
      'id',
      't',
      'i',
      'd',
      'b',
      'at',
      'j',
      ...Object.keys(own),
    ])
    expect(stage.rows).toBe(5)
    const nothing = { t: null, i: null, d: null, b: null, at: null, j: null }
    expect(await bench.rows(stage)).toEqual([
      {
        id: '1',
        t: 'café "x"',
        i: 9007199254740993n,
        d: 19.99,
        b: true,
        at: '2026-09-04T12:18:54.000000Z',
        j: '{"z":1,"a":[1,"x"]}',
        ...own,
      },
      { id: '2', ...nothing, ...own },
      { id: '3', ...nothing, ...own },
      {
        id: '4',
        t: '',
        i: -9223372036854775808n,
        d: -0,
        b: false,
        at: '2026-09-04T17:48:54.123456Z',
        j: '"text"',
        ...own,
      },
      {
        id: '5',
        t: '5',
        i: 12n,
        d: 40.7,
        b: true,
        at: '2026-09-04T12:18:54.000000Z',
        j: '0',
        ...own,
      },
    ])
  })

  test.each([
    ['integer', '"many"'],
    ['integer', '1.5'],
    ['integer', '"1_000"'],
    ['integer', '"0x10"'],
    ['integer', '"007"'],
    ['integer', '123456789012345678901234567890'],
    ['integer', 'true'],
    ['integer', '{"a":1}'],
    ['decimal', '"north"'],
    ['decimal', '""'],
    ['decimal', '"nan"'],
    ['decimal', '1e400'],
    ['boolean', '1'],
    ['boolean', '"yes"'],
    ['timestamp', '"infinity"'],
    ['timestamp', '"epoch"'],
    ['timestamp', '1600000000'],
    ['timestamp', '"2026-02-30T00:00:00Z"'],
  ] as const)('a value that is no %s is kept beside its column: %s', async (type, json) => {
    const stage = await bench.stage([listOf(`{"v":${json}}`, '{"v":null}')], [id, attribute('v', type)])
    expect(await bench.rows(stage)).toEqual([
      { id: '1', v: null, _sluice_unfit: `{"v":${json}}`, ...own },
      { id: '2', v: null, _sluice_unfit: null, ...own },
    ])
  })

  test('integers in other spellings are integers', async () => {
    const stage = await bench.stage([listOf('{"v":5.0}', '{"v":1e3}')], [id, attribute('v', 'integer')])
    expect((await bench.rows(stage)).map(({ v }) => v)).toEqual([5n, 1000n])
  })
})

describe('JSON', () => {
  test.each([
    '{"a":123456789012345678901234567890}',
    '{"a":1234567890.1234567890123456789}',
    '{"a":-0.1000000000000000055511151231257827,"b":[0.30000000000000004]}',
    '{"b":1e400,"a":-0.0}',
    '{"a":12345678901234567890.5e-3}',
    '{"z":1,"a":{"y":null,"b":[]}}',
    '{"a":"1234567890.1234567890123456789","b":"\\\\ud800 \\"x\\""}',
    '{"a":"x\\u0000y"}',
    '["\u{1F600}",{"":""}]',
  ])('is kept to the last digit: %s', async (json) => {
    const stage = await bench.stage([listOf(`{"v":${json}}`)], [id, attribute('v', 'json')])
    expect((await bench.rows(stage))[0]?.['v']).toBe(json)
  })

  test('half a surrogate pair becomes the replacement character, and the rest of the page is as it was', async () => {
    const stage = await bench.stage(
      [listOf('{"v":{"a":"\\ud800","b":"\\ud83d\\ude00","c":"\\\\ud800","d":"\\uDC00x"}}', '{"v":1}')],
      [id, attribute('v', 'json')],
    )
    expect((await bench.rows(stage)).map(({ v }) => v)).toEqual([
      '{"a":"\uFFFD","b":"\u{1F600}","c":"\\\\ud800","d":"\uFFFDx"}',
      '1',
    ])
  })

  test('long decimals come exact into text and into a decimal column too', async () => {
    const stage = await bench.stage(
      [listOf('{"d":1.2345678901234567891,"t":1.2345678901234567891,"n":1.2345678901234567891}')],
      [id, attribute('d', 'decimal'), attribute('t', 'text')],
    )
    expect(await bench.rows(stage)).toEqual([
      {
        id: '1',
        d: Number('1.2345678901234567891'),
        t: '1.2345678901234567891',
        n: '1.2345678901234567891',
        ...own,
      },
    ])
  })
})

describe('relationships', () => {
  const columns: readonly Column[] = [
    id,
    { name: 'profile_id', path: ['relationships', 'profile', 'data', 'id'], type: 'text' },
    { name: 'tags_ids', path: ['relationships', 'tags', 'data', '*', 'id'], type: 'json' },
  ]

  test('become ids; absent data is null, and no data is an empty list', async () => {
    const stage = await bench.stage(
      [
        `{"data":[
          {"id":"1","relationships":{"profile":{"data":{"type":"profile","id":"P"}},"tags":{"data":[{"type":"tag","id":"a"},{"type":"tag","id":"b\\""}]}}},
          {"id":"2","relationships":{"tags":{"data":[],"links":{"self":"x"}},"profile":{"data":null}}},
          {"id":"3","relationships":{"profile":{"links":{"self":"x"}},"tags":{"links":{}}}},
          {"id":"4"}
        ]}`,
      ],
      columns,
    )
    expect(await bench.rows(stage)).toEqual([
      { id: '1', profile_id: 'P', tags_ids: '["a","b\\""]', ...own },
      { id: '2', profile_id: null, tags_ids: '[]', ...own },
      { id: '3', profile_id: null, tags_ids: null, ...own },
      { id: '4', profile_id: null, tags_ids: null, ...own },
    ])
  })

  test('that nobody declared appear when they carry data', async () => {
    const stage = await bench.stage(
      [
        `{"data":[{"id":"1","relationships":{"sender":{"data":{"type":"user","id":"U"}},"links-only":{"links":{"self":"x"}}}},
                  {"id":"2","relationships":{"list-members":{"data":[{"type":"profile","id":"P"}]}}}]}`,
      ],
      [id],
    )
    expect(await bench.rows(stage)).toEqual([
      { id: '1', list_members_ids: null, sender_id: 'U', ...own },
      { id: '2', list_members_ids: '["P"]', sender_id: null, ...own },
    ])
  })
})

describe('what was not declared', () => {
  test('appears as columns, on whatever row of whatever page it is', async () => {
    const stage = await bench.stage(
      [
        listOf('{"name":"a"}', '{"name":"b","newField":1}', '{"name":"c","Mixed Value":"x","$cost":{"a":1}}'),
        '{"data":[{"id":"4","attributes":{"Mixed Value":[1],"name":"d","nothing":null}}]}',
      ],
      [id, attribute('name', 'text')],
    )
    expect(stage.columns.slice(2, -2)).toEqual([
      { name: 'cost', type: 'json' },
      { name: 'mixed_value', type: 'json' },
      { name: 'new_field', type: 'text' },
    ])
    expect(await bench.rows(stage)).toEqual([
      { id: '1', name: 'a', cost: null, mixed_value: null, new_field: null, ...own },
      { id: '2', name: 'b', cost: null, mixed_value: null, new_field: '1', ...own },
      { id: '3', name: 'c', cost: '{"a":1}', mixed_value: '"x"', new_field: null, ...own },
      { id: '4', name: 'd', cost: null, mixed_value: '[1]', new_field: null, ...own },
    ])
  })

  test('takes no name twice, and none of ours', async () => {
    const stage = await bench.stage(
      [
        listOf(
          '{"NAME":"1","name":"2","na-me":"3","na me":"4","_sluice_account":"5","\u{1F600}":"6","ID":"7"}',
        ),
      ],
      [id, attribute('name', 'text')],
    )
    const [row] = await bench.rows(stage)
    expect(row).toEqual({
      id: '1',
      name: '2',
      name_2: '1',
      id_2: '7',
      sluice_account: '5',
      na_me: '4',
      na_me_2: '3',
      field: '6',
      ...own,
    })
  })

  test('is kept together beyond the limit: first the known, then those that most rows have become columns', async () => {
    const rows = ['{"rare":1,"often":2,"known":3,"lo":{"x":1}}', '{"a.b":4,"often":[1.5,"é"]}', '{"often":5}']
    const columns = [id, { name: 'lo_y', path: ['attributes', 'lo', 'y'], type: 'text' } as const]
    const stage = await bench.stage([listOf(...rows)], columns, {
      newColumns: { limit: 2, known: ['known'] },
    })
    expect(stage).toMatchObject({ together: 3 })
    expect(stage.columns.slice(2, -2)).toEqual([
      { name: 'known', type: 'text' },
      { name: 'often', type: 'json' },
      { name: '_sluice_more', type: 'json' },
    ])
    expect(
      (await bench.rows(stage)).map(({ known, often, _sluice_more: more }) => [known, often, more]),
    ).toEqual([
      ['3', '2', '{"lo.x":1,"rare":1}'],
      [null, '[1.5,"é"]', '{"a.b":4}'],
      [null, '5', null],
    ])
    const none = await bench.stage([listOf(...rows)], columns, { newColumns: { limit: 0, known: [] } })
    expect(none.together).toBe(5)
    expect((await bench.rows(none)).map((row) => row['_sluice_more'])).toEqual([
      '{"known":3,"lo.x":1,"often":2,"rare":1}',
      '{"a.b":4,"often":[1.5,"é"]}',
      '{"often":5}',
    ])
  })

  test('may be thousands of attributes, in memory that is little', async () => {
    const names = Array.from({ length: 3_000 }, (_, n) => [`n${n}`, `${n}`] as const)
    const wide = JSON.stringify(Object.fromEntries(names))
    const stage = await bench.stage([listOf(...Array.from({ length: 100 }, () => wide), '{"n7":"x"}')], [id])
    expect(stage).toMatchObject({ rows: 101, together: 2_500 })
    expect(stage.columns).toHaveLength(1 + 500 + 1 + 2)
    const [row] = await bench.rows(stage)
    const more = JSON.parse(String(row?.['_sluice_more'])) as object
    expect(Object.keys(more)).toHaveLength(2_500)
    expect(stage.columns.map(({ name }) => name)).toContain('n7')
  })

  test('is looked for in objects that are read member by member', async () => {
    const stage = await bench.stage(
      [listOf('{"location":{"city":"Bonn","altitude":60}}', '{"location":"somewhere"}')],
      [id, { name: 'location_city', path: ['attributes', 'location', 'city'], type: 'text' }],
    )
    expect(await bench.rows(stage)).toEqual([
      { id: '1', location_city: 'Bonn', location: null, location_altitude: '60', ...own },
      { id: '2', location_city: null, location: 'somewhere', location_altitude: null, ...own },
    ])
  })
})

describe('hostile names', () => {
  const names = [
    'se"lect',
    "o'clock",
    'two words',
    '\u{1F600}',
    'select',
    'a/b~c',
    'a.b',
    '$x',
    'e',
    'r',
    'j0',
    'more',
    '\\n',
  ]
  test('are columns like any other', async () => {
    const body = listOf(JSON.stringify(Object.fromEntries(names.map((name, i) => [name, i]))))
    const stage = await bench.stage([body], [id, ...names.map((name) => attribute(name, 'integer'))])
    expect((await bench.rows(stage))[0]).toEqual({
      ...Object.fromEntries([['id', '1'], ...names.map((name, i) => [name, BigInt(i)])]),
      ...own,
    })
  })

  test('with a NUL in it, next to the same without', async () => {
    const stage = await bench.stage(
      [listOf('{"a\\u0000b":1,"a b":2,"\\u0000":3}', '{"o":{"\\u0000":"\\u0000"}}')],
      [id],
    )
    expect(await bench.rows(stage)).toEqual([
      { id: '1', a_b: '1', a_b_2: '2', field: '3', o: null, ...own },
      { id: '2', a_b: null, a_b_2: null, field: null, o: '{"\\u0000":"\\u0000"}', ...own },
    ])
  })

  test('within objects too', async () => {
    const stage = await bench.stage(
      [listOf(JSON.stringify({ o: Object.fromEntries(names.map((name, i) => [name, i])) }))],
      [id, ...names.map((name): Column => ({ name, path: ['attributes', 'o', name], type: 'integer' }))],
    )
    expect((await bench.rows(stage))[0]).toEqual({
      ...Object.fromEntries([['id', '1'], ...names.map((name, i) => [name, BigInt(i)])]),
      ...own,
    })
  })
})

describe('newest per key', () => {
  const columns = [id, attribute('at', 'timestamp'), attribute('v', 'text')]
  const row = (key: string, at: string | null, v: string): string =>
    JSON.stringify({ id: key, attributes: { at, v } })
  const page = (...rows: readonly string[]): string => `{"data":[${rows.join(',')}]}`
  const T = '2026-01-01T00:00:00.000001Z'

  test('is the greatest cursor, then the latest page, then the later place in it', async () => {
    const files = [
      await bench.page(page(row('a', T, 'late page'), row('b', T, 'first'), row('b', T, 'second')), {
        receivedAtMs: 9,
      }),
      await bench.page(page(row('a', T, 'early page'), row('c', '2026-01-01T00:00:00.000002Z', 'newer')), {
        receivedAtMs: 1,
      }),
      await bench.page(page(row('c', T, 'older'), row('d', null, 'none'), row('d', T, 'some')), {
        receivedAtMs: 5,
      }),
    ]
    const stage = await bench.stage([], columns, { files, cursor: { field: 'at' } })
    expect((await bench.rows(stage)).map(({ id, v }) => [id, v])).toEqual([
      ['a', 'late page'],
      ['b', 'second'],
      ['c', 'newer'],
      ['d', 'some'],
    ])
    expect(stage.rows).toBe(4)
  })

  test('is the latest received without a cursor, over many pages', async () => {
    const files = await Promise.all(
      Array.from({ length: 40 }, (_, n) =>
        bench.page(page(...Array.from({ length: 200 }, (_, k) => row(`k${k}`, T, `${n}`))), {
          receivedAtMs: 100 - n,
        }),
      ),
    )
    const stage = await bench.stage([], columns, { files })
    const rows = await bench.rows(stage)
    expect(rows).toHaveLength(200)
    expect(new Set(rows.map(({ v }) => v))).toEqual(new Set(['0']))
  })

  test('only rows in the windows are kept, half-open, to the microsecond', async () => {
    const body = page(
      row('before', '2025-12-31T23:59:59.999999Z', ''),
      row('first', '2026-01-01T00:00:00Z', ''),
      row('last', '2026-01-01T00:00:09.999999Z', ''),
      row('end', '2026-01-01T00:00:10Z', ''),
      row('future', '2036-01-01T00:00:00Z', ''),
      row('none', null, ''),
    )
    const from = Date.UTC(2026, 0, 1) / 1000
    const kept = async (to: number | null): Promise<readonly unknown[]> => {
      const page = await bench.page(body)
      const stage = await bench.stage([], columns, {
        cursor: { field: 'at' },
        files: [{ ...page, keep: { from, to } }],
      })
      return (await bench.rows(stage)).map((found) => found['id'])
    }
    expect(await kept(from + 10)).toEqual(['first', 'last', 'none'])
    expect(await kept(null)).toEqual(['end', 'first', 'future', 'last', 'none'])
  })

  test('each page keeps what its own window wants, in whatever order they came', async () => {
    const at = (second: number): string => `2026-01-01T00:00:0${second}Z`
    const from = Date.UTC(2026, 0, 1) / 1000
    const files = [
      {
        ...(await bench.page(page(row('c', at(5), 'later window'), row('d', at(6), '')), {
          receivedAtMs: 2,
        })),
        keep: { from: from + 5, to: from + 9 },
      },
      {
        ...(await bench.page(
          page(row('a', at(1), ''), row('c', at(5), 'earlier window'), row('e', at(9), '')),
          {
            receivedAtMs: 3,
          },
        )),
        keep: { from, to: from + 5 },
      },
      { ...(await bench.page(page(row('f', at(9), '')), { receivedAtMs: 1 })), keep: null },
    ]
    const stage = await bench.stage([], columns, { files, cursor: { field: 'at' } })
    expect((await bench.rows(stage)).map(({ id, v }) => [id, v])).toEqual([
      ['a', ''],
      ['c', 'later window'],
      ['d', ''],
      ['f', ''],
    ])
  })
})

describe('what is not in its column as it came', () => {
  test('is counted by column, with the key of a row', async () => {
    const stage = await bench.stage(
      [
        listOf('{"n":"x","half":"\\ud800","s\\u0000":1}', '{"n":"y","m":1,"s\\u0000":2}', '{"n":1}'),
        listOf('{"n":2,"half":{"a":["\\udc00"]},"new":"\\ud83d\\ude00"}').replace('"1"', '"9"'),
        listOf('{"new":{"k\\ud800":1.2345678901234567891}}').replace('"1"', '"8"'),
      ],
      [id, attribute('n', 'integer'), attribute('m', 'boolean'), attribute('half', 'json')],
    )
    expect(stage.altered).toEqual([
      { kind: 'unfit', column: 'm', rows: 1, exampleKey: '2' },
      { kind: 'unfit', column: 'n', rows: 2, exampleKey: '1' },
      { kind: 'nul', column: 's', rows: 2, exampleKey: '1' },
      { kind: 'half-character', column: 'half', rows: 2, exampleKey: '1' },
      { kind: 'half-character', column: 'new', rows: 1, exampleKey: '8' },
    ])
    const plain = await bench.stage(
      [listOf('{"n":1,"half":"\\ud83d\\ude00"}')],
      [id, attribute('n', 'integer')],
    )
    expect(plain.altered).toEqual([])
  })
})

describe('pages', () => {
  const columns = [id, attribute('v', 'json')]
  const body = listOf('{"v":1.50}')

  test('may be compressed, printed for people, begin with a byte order mark, or be empty', async () => {
    const files = [
      await bench.page(body, { encoding: 'gzip' }),
      await bench.page(JSON.stringify(JSON.parse(body.replace('"1"', '"2"')), null, 2)),
      await bench.page(`\uFEFF${body.replace('"1"', '"3"')}`),
      await bench.page('{"data":[]}'),
    ]
    const stage = await bench.stage([], columns, { files })
    expect((await bench.rows(stage)).map((row) => row['id'])).toEqual(['1', '2', '3'])
    expect((await readdir(bench.directory)).filter((name) => name.includes('stage'))).toEqual([])
  })

  test('may be none', async () => {
    const stage = await bench.stage([], [...columns, attribute('n', 'integer')], {
      cursor: { field: 'n' },
    })
    expect(stage).toMatchObject({ rows: 0 })
    expect(await bench.rows(stage)).toEqual([])
    expect(stage.columns.map(({ name }) => name)).toEqual(['id', 'v', 'n', ...Object.keys(own)])
  })

  test.each([
    ['cut off', '{"data":[{"id":"1"', /"page \d+\.json" is not JSON/],
    ['of an error', '{"errors":[{"status":500}]}', /"page \d+\.json" is no list of rows/],
    ['of one resource', '{"data":{"id":"1"}}', /"page \d+\.json" is no list of rows/],
    ['in HTML', '<html></html>', /"page \d+\.json" is not JSON/],
    ['not UTF-8', Buffer.from([0x7b, 0xff, 0x7d]), /"page \d+\.json" is not valid UTF-8/],
    ['with a row without an id', '{"data":[{"attributes":{}}]}', /without "id"/],
  ])('%s: a clear error, and nothing left behind', async (_, bad, message) => {
    const files = [await bench.page(body), await bench.page(bad)]
    await expect(bench.stage([], columns, { files })).rejects.toThrow(message)
    expect(await bench.engine.query(`select * from duckdb_tables() where table_name like '%wider%'`)).toEqual(
      [],
    )
    const fine = await bench.stage([body], columns)
    expect(fine.rows).toBe(1)
    await bench.engine.drop(fine)
  })

  test('that the engine cannot type: the error says which, and why', async () => {
    // A column that DuckDB cannot make stands for whatever is not known to go wrong.
    const files = [await bench.page(body), await bench.page('{"data":[{"id":"7","attributes":{"x":1}}]}')]
    const broken = attribute('v', 'no type' as 'text')
    await expect(bench.stage([], [id, broken], { files })).rejects.toThrow(/"page \d+\.json" cannot be typed/)
  })

  test.each([
    ['deleted', rm],
    ['emptied', (file: string) => writeFile(file, '')],
    ['exchanged for another of its size', (file: string) => writeFile(file, body.replace('1.50', '1.51'))],
    ['without a row', (file: string) => writeFile(file, '{"data":[]}')],
  ] as const)('%s since they landed: nothing is staged', async (_, tamper) => {
    for (const encoding of ['identity', 'gzip'] as const) {
      const files = [await bench.page(body, { encoding }), await bench.page(listOf('{}'))]
      await tamper(files[0]?.file ?? '')
      const staging = bench.stage([], columns, { files })
      await expect(staging).rejects.toThrow(UnloadablePage)
      await expect(staging).rejects.toThrow(
        /"page \d+\.json" (is not what was received|is not there any more)/,
      )
    }
  })

  test.each(['a*b', 'a?b', 'a[!0]b', '**', '{aXb,y}'])(
    'in a folder named "%s" are read from there, and from no folder that it would match',
    async (name) => {
      const pages = await Promise.all(
        [name, 'aXb'].map(async (folder, i) => {
          const page = await bench.page(listOf(`{"v":${i}}`))
          const file = join(bench.directory, folder, 'page.json')
          await mkdir(join(bench.directory, folder), { recursive: true })
          await rename(page.file, file)
          return { ...page, file }
        }),
      )
      const stage = await bench.stage([], columns, { files: pages.slice(0, 1) })
      expect((await bench.rows(stage)).map(({ v }) => v)).toEqual(['0'])
    },
  )

  test('of which fewer rows are found than landed: nothing is staged', async () => {
    const page = await bench.page(listOf('{}', '{}', '{}'))
    await expect(bench.stage([], columns, { files: [{ ...page, rows: 4 }] })).rejects.toThrow(
      /had 4 rows when it landed, and 3 were found in it/,
    )
  })

  test('compressed and cut off', async () => {
    const file = await bench.page(Buffer.from([0x1f, 0x8b, 0x08]))
    await expect(bench.stage([], columns, { files: [{ ...file, encoding: 'gzip' }] })).rejects.toThrow(
      /not intact gzip/,
    )
  })
})
