import { afterAll, beforeAll, test } from 'vitest'
import { Client } from 'pg'
import { postgresPlace } from '../conformance/postgres-place.ts'
import { openBench } from './bench.ts'
import type { Bench, BenchOptions, BenchRun } from './bench.ts'
import { query } from './truth.ts'
import type { TextRow } from './truth.ts'

/** A bench, and a destination of one of the kinds that there are. */
export type Placed = Readonly<{
  bench: Bench
  uri: string
  ingest: (sourceTable: string, options?: BenchOptions) => Promise<BenchRun>
  /** Rows of a query, every value as text. */
  ask: (sql: string) => Promise<readonly TextRow[]>
}>

/** Runs a test once in a DuckDB file and once in PostgreSQL. */
export function testBoth(
  name: string,
  options: Parameters<typeof openBench>[0],
  work: (placed: Placed) => Promise<void>,
): void {
  let postgres: Awaited<ReturnType<typeof postgresPlace>> = { unavailable: 'not started' }
  beforeAll(async () => {
    postgres = await postgresPlace()
  })
  afterAll(async () => {
    if ('uri' in postgres) await postgres.close()
  })
  test(`DuckDB: ${name}`, async () => {
    await using bench = await openBench(options)
    const ask = (sql: string): Promise<TextRow[]> => query(bench.file, sql)
    await work({ bench, uri: `duckdb:///${bench.file}`, ingest: bench.ingest.bind(bench), ask })
  })
  test(`PostgreSQL: ${name}`, async (context) => {
    if ('unavailable' in postgres) return context.skip(postgres.unavailable)
    const { uri } = postgres
    await using bench = await openBench(options)
    const ask = async (sql: string): Promise<TextRow[]> => {
      const client = new Client({ connectionString: uri })
      await client.connect()
      try {
        const { rows } = await client.query<TextRow>({
          text: sql,
          types: { getTypeParser: () => (value: string) => value },
        })
        return rows
      } finally {
        await client.end()
      }
    }
    await work({ bench, uri, ingest: (table, more) => bench.ingest(table, { destUri: uri, ...more }), ask })
  })
}
