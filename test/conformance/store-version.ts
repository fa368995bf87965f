import type { Database, SqlRow, Transaction } from '../../src/destinations/sql/database.ts'
import {
  ACCOUNTS,
  COVERAGE,
  META,
  SNAPSHOTS,
  storeTable,
  tableOf,
  TARGETS,
  UNFINISHED,
} from '../../src/destinations/sql/store/tables.ts'
import type { Bench } from './bench.ts'

const ALL = [META, COVERAGE, SNAPSHOTS, UNFINISHED, ACCOUNTS, TARGETS]

/** Takes the store back to what version 1 had. */
export async function backToVersion1(bench: Bench): Promise<void> {
  const table = (name: string): string => tableOf(bench.database.dialect, name)
  await bench.run(`alter table ${table(UNFINISHED)} rename column demand to words`)
  for (const name of [ACCOUNTS, TARGETS]) await bench.run(`drop table ${table(name)}`)
  await bench.run(`update ${table(META)} set store_version = 1`)
}

export type Dump = Readonly<Record<string, Readonly<{ columns: unknown; rows: readonly SqlRow[] }> | null>>

/** Everything that is remembered. */
export async function dump(bench: Bench): Promise<Dump> {
  const { database } = bench
  const tables: Record<string, Dump[string]> = {}
  for (const name of ALL) {
    const shape = await database.describe(storeTable(name))
    tables[name] =
      shape === null
        ? null
        : {
            columns: shape.columns,
            rows: await bench.run(
              `select * from ${tableOf(database.dialect, name)} order by ${shape.columns.map((_, i) => i + 1).join(', ')}`,
            ),
          }
  }
  return tables
}

export class Killed extends Error {}

/**
 * The database, in a process that is killed before its n-th statement that changes something. `keeps`: as a database
 * does that commits each statement of a schema by itself, nothing is taken back.
 */
export function killedAt(database: Database, n: number, { keeps }: Readonly<{ keeps: boolean }>): Database {
  let left = n
  const killing = (tx: Transaction): Transaction => ({
    ...tx,
    run: (statement) => {
      if (!/^\s*select/i.test(statement.sql) && left-- === 0) throw new Killed()
      return keeps ? database.query(statement) : tx.run(statement)
    },
  })
  return new Proxy(database, {
    get: (target, name) => {
      if (name !== 'transaction') {
        const value: unknown = Reflect.get(target, name)
        return typeof value === 'function' ? (value.bind(target) as unknown) : value
      }
      const transaction: Database['transaction'] = (work, signal) =>
        keeps
          ? work(killing({ run: (statement) => database.query(statement) } as Transaction))
          : target.transaction((tx) => work(killing(tx)), signal)
      return transaction
    },
  })
}
