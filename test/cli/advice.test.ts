import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { buildCli } from '../scenarios/cli.ts'
import { openPlace } from './place.ts'
import type { Place } from './place.ts'

let place: Place

beforeAll(async () => {
  buildCli()
  place = await openPlace({ profiles: 20, events: 100 })
})
afterAll(() => place[Symbol.asyncDispose]())

const ingest = (file: string, table: string) =>
  place.run([
    'ingest',
    `--source-uri=${place.source()}`,
    '--source-table=lists,tags',
    `--dest-uri=duckdb:///${file}`,
    `--dest-table=${table}`,
  ])

const ADVICE = /(?<=^|Z )The DuckDB file "(.+)" and the schema "(.+)" have the same name, so DuckDB .*$/gm

test('a DuckDB file named like the schema: one line of advice, which is true, and exit code 0', async () => {
  const { code, stderr } = await ingest('Klaviyo.2026.duckdb', 'klaviyo.*')
  expect(code).toBe(0)
  const [line, ...more] = stderr.match(ADVICE) ?? []
  expect(more).toEqual([])
  expect(line).toBe(
    'The DuckDB file "Klaviyo.2026.duckdb" and the schema "klaviyo" have the same name, so DuckDB will refuse "klaviyo.<table>" as ambiguous. Give the file another name, or write "Klaviyo.klaviyo.<table>".',
  )
  const instance = await DuckDBInstance.create(join(place.folder, 'Klaviyo.2026.duckdb'))
  const connection = await instance.connect()
  try {
    await expect(connection.run('select * from klaviyo.tags')).rejects.toThrow('Ambiguous reference')
    await connection.run('select * from Klaviyo.klaviyo.tags')
  } finally {
    connection.closeSync()
    instance.closeSync()
  }
})

test.each([
  ['shop.duckdb', 'klaviyo.*'],
  ['main.duckdb', '*'],
  ['main.duckdb', 'main.*'],
  [':memory:', 'memory.*'],
])('%s and %s: no advice', async (file, table) => {
  const { code, stderr } = await ingest(file, table)
  expect({ code, advice: stderr.match(ADVICE) }).toEqual({ code: 0, advice: null })
})
