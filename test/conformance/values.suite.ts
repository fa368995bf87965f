import { expect } from 'vitest'
import type { Suite } from './suite.ts'

const at = '2026-01-01T00:00:00Z'
const hostileNames = [
  '2nd',
  'select',
  'order by',
  `it's`,
  'say "hi"',
  'Größe',
  '🛒',
  '$1',
  'a.b',
  '--x',
  '%s',
  'semi;colon',
]

export const values: Suite = (check) => {
  check('names of every kind', async ({ bench, target }) => {
    const hostile = { schema: `${target.schema} "x"; --`, name: `t'able 🛒 select` }
    const columns = {
      id: 'text',
      at: 'timestamp',
      ...Object.fromEntries(hostileNames.map((name) => [name, 'text' as const])),
    } as const
    const row = { id: 'a', at, ...Object.fromEntries(hostileNames.map((name) => [name, `value of ${name}`])) }
    await bench.load(hostile, { columns, rows: [row] })
    expect(await bench.load(hostile, { columns, rows: [row] })).toMatchObject({ unchanged: 1 })
    const changed = { ...row, '🛒': 'changed' }
    expect(await bench.load(hostile, { columns, rows: [changed] })).toMatchObject({ changed: 1 })
    await bench.load(hostile, { columns, rows: [row] }, { strategy: 'append' })
    await bench.load(
      hostile,
      { columns, rows: [row] },
      { strategy: 'delete+insert', covered: [{ pass: '', window: { from: 0, to: 1, readAt: 2 } }] },
    )
    const [read] = await bench.rows(hostile)
    for (const name of hostileNames) expect(read?.[bench.eyes.stored(name)]).toBe(`value of ${name}`)
  })

  const cut = 'x'.repeat(70)
  check('names longer than a database may like do not run into each other', async ({ bench, target }) => {
    const long = { schema: target.schema, name: `table_${cut}` }
    const longer = { schema: target.schema, name: `table_${cut}y` }
    const columns = { id: 'text', at: 'timestamp', [`${cut}a`]: 'text', [`${cut}b`]: 'text' } as const
    const row = { id: 'a', at, [`${cut}a`]: 'a', [`${cut}b`]: 'b' }
    await bench.load(long, { columns, rows: [row] })
    await bench.load(longer, { columns, rows: [] })
    expect(await bench.load(long, { columns, rows: [row] })).toMatchObject({ unchanged: 1, addedColumns: [] })
    const quote = (name: string): string => bench.eyes.quote(name)
    expect(await bench.rows(long, `${quote(`${cut}a`)} as a, ${quote(`${cut}b`)} as b`)).toEqual([
      { a: 'a', b: 'b' },
    ])
    expect(await bench.rows(longer)).toEqual([])
  })

  check(
    'names are stored as they are, whatever their length',
    async ({ bench, target }) => {
      await bench.load(target, { columns: { id: 'text', at: 'timestamp', [cut]: 'text' }, rows: [] })
      expect(await bench.eyes.names(target)).toContain(cut)
    },
    ({ longNames }) => longNames,
  )

  check(
    'names are stored as they are, whatever their characters',
    async ({ bench, target }) => {
      await bench.load(target, { columns: { id: 'text', at: 'timestamp', 'cart 🛒': 'text' }, rows: [] })
      expect(await bench.eyes.names(target)).toContain('cart 🛒')
    },
    ({ anyNames }) => anyNames,
  )

  const texts = [
    '',
    ' ',
    'null',
    'NULL',
    '\\N',
    '\\.',
    'a\n\\.\nb',
    '"',
    '""',
    `'`,
    'a,b',
    'a\nb',
    'a\r\nb',
    '\t',
    '\\',
    '{}',
    '🛒👩‍👩‍👧',
    'e\u0301',
    'a\uFEFFb',
    '\u2028',
    '$1',
    '%s',
    '2nd',
    'x'.repeat(100_000),
  ]

  check('texts come back as they went in, and a null is not an empty text', async ({ bench, target }) => {
    const columns = { id: 'text', at: 'timestamp', note: 'text' } as const
    const rows = [...texts, null].map((note, i) => ({ id: `row ${String(i).padStart(2, '0')}`, at, note }))
    await bench.load(target, { columns, rows })
    expect((await bench.rows(target, 'note')).map((row) => row['note'])).toEqual([...texts, null])
    expect(await bench.load(target, { columns, rows })).toMatchObject({ unchanged: rows.length })
  })

  check('ids and accounts may hold anything', async ({ bench, target }) => {
    const columns = { id: 'text', at: 'timestamp' } as const
    const rows = texts.map((id) => ({ id: id.slice(0, 100), at }))
    await bench.load(
      target,
      { columns, rows, account: `o'neil "shop" 🛒` },
      { covered: [{ pass: `it's`, window: { from: 0, to: 1, readAt: 2 } }] },
    )
    expect(await bench.load(target, { columns, rows, account: `o'neil "shop" 🛒` })).toMatchObject({
      inserted: 0,
    })
  })

  const alike = [
    'a',
    'A',
    'a ',
    'a  ',
    ' a',
    'á',
    'a\u0301',
    'ä',
    'ß',
    'ss',
    'SS',
    'i',
    'İ',
    'ı',
    '1',
    '01',
    '1.0',
  ]

  check('keys and texts that only look alike are different', async ({ bench, target }) => {
    const columns = { id: 'text', at: 'timestamp', note: 'text' } as const
    const rows = alike.map((id) => ({ id, at, note: id }))
    for (const account of ['shop', 'Shop', 'shop '])
      expect(await bench.load(target, { columns, rows, account })).toMatchObject({ inserted: rows.length })
    for (const [from, to] of [
      ['a', 'A'],
      ['a ', 'a'],
      ['ß', 'ss'],
    ]) {
      const changed = rows.map((row) => (row.id === from ? { ...row, note: to ?? '' } : row))
      expect(await bench.load(target, { columns, rows: changed })).toMatchObject({ changed: 1, inserted: 0 })
      expect(await bench.load(target, { columns, rows })).toMatchObject({ changed: 1, inserted: 0 })
    }
    const snapshot = { cursorColumn: null } as const
    const without = rows.filter(({ id }) => id !== 'a ' && id !== 'A')
    expect(await bench.load(target, { columns, rows: without }, snapshot)).toMatchObject({ deleted: 2 })
  })

  check('long texts and long ids come back whole', async ({ bench, target }) => {
    const columns = { id: 'text', at: 'timestamp', note: 'text', j: 'json' } as const
    const note = '🛒"\\\n,'.repeat(200_000)
    const rows = ['🛒'.repeat(380), 'x'.repeat(384)].map((id) => ({
      id,
      at,
      note,
      j: JSON.stringify({ note }),
    }))
    expect(await bench.load(target, { columns, rows })).toMatchObject({ inserted: 2 })
    const read = await bench.rows(target, `note, ${bench.eyes.text('j')} as j`)
    expect(read.map((row) => row['note'] === note)).toEqual([true, true])
    expect(
      read.map((row) => (JSON.parse(String(row['j'])) as unknown as { note: string }).note === note),
    ).toEqual([true, true])
    expect(await bench.load(target, { columns, rows })).toMatchObject({ unchanged: 2 })
  })

  check('numbers and instants are exact', async ({ bench, target }) => {
    const columns = { id: 'text', at: 'timestamp', n: 'integer', d: 'decimal' } as const
    const rows = [
      { id: 'a', at: '2026-01-01T00:00:00.123456Z', n: 9223372036854775807n, d: 0.1 },
      { id: 'b', at: '0001-01-01T00:00:00Z', n: -9223372036854775808n, d: -1.7976931348623157e308 },
      { id: 'c', at: '9999-12-31T23:59:59.999999Z', n: 9007199254740993n, d: 5e-324 },
      { id: 'd', at: null, n: null, d: 123456789.123 },
    ]
    await bench.load(target, { columns, rows })
    const read = await bench.rows(target, `id, ${bench.eyes.quote('at')}, n, d`)
    expect(read.map(({ id, n, d }) => ({ id, n, d }))).toEqual(rows.map(({ id, n, d }) => ({ id, n, d })))
    expect(read.map((row) => row['at'])).toEqual(
      rows.map((row) => row.at?.replace(/(:\d\d)Z$/, '$1.000000Z') ?? null),
    )
    expect(await bench.load(target, { columns, rows })).toMatchObject({ unchanged: rows.length })
  })

  const json =
    '{"b":1,"a":{"big":12345678901234567890123,"price":1.10,"text":"\\u00e9\\n \\"q\\""},"list":[1,"2",null,true,{}]}'

  check('JSON keeps every digit', async ({ bench, target }) => {
    const columns = { id: 'text', at: 'timestamp', j: 'json' } as const
    const rows = [json, '[]', '"text"', '1', 'true', 'null', null].map((j, i) => ({ id: String(i), at, j }))
    await bench.load(target, { columns, rows })
    const read = await bench.rows(target, `${bench.eyes.text('j')} as j`)
    expect(read[0]?.['j']).toContain('12345678901234567890123')
    expect(read[0]?.['j']).toContain('1.10')
    expect(read.map((row) => JSON.parse(String(row['j'])) as unknown)).toEqual(
      rows.map((row) => JSON.parse(String(row.j)) as unknown),
    )
    expect(read.at(-2)?.['j']).toBe('null')
    expect(read.at(-1)?.['j']).toBeNull()
    expect(await bench.load(target, { columns, rows })).toMatchObject({ unchanged: rows.length })
  })

  check(
    'JSON comes back byte for byte',
    async ({ bench, target }) => {
      await bench.load(target, {
        columns: { id: 'text', at: 'timestamp', j: 'json' },
        rows: [{ id: 'a', at, j: json }],
      })
      expect(await bench.rows(target, 'j')).toEqual([{ j: json }])
    },
    ({ jsonVerbatim }) => jsonVerbatim,
  )

  const withNul = {
    columns: { id: 'text', at: 'timestamp', note: 'text', j: 'json' },
    rows: [{ id: 'a', at, note: 'a\u0000b', j: '{"k":"a\\u0000b"}' }],
  } as const

  check(
    'a NUL character stops nothing, and is counted where it has to go',
    async ({ bench, target, claims }) => {
      const kept = claims.nulCharacters === 'yes'
      expect(await bench.load(target, withNul)).toMatchObject({ inserted: 1, withoutNul: kept ? 0 : 2 })
      expect(await bench.load(target, withNul)).toMatchObject({ unchanged: 1 })
    },
  )

  check(
    'a NUL character is kept',
    async ({ bench, target }) => {
      await bench.load(target, withNul)
      expect(await bench.rows(target, 'note')).toEqual([{ note: 'a\u0000b' }])
    },
    ({ nulCharacters }) => nulCharacters,
  )
}
