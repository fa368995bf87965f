import { randomUUID } from 'node:crypto'
import { Client } from 'pg'
import type { Place } from './claims.ts'
import { startPostgres } from './postgres-server.ts'

/** A database of its own on the server that `POSTGRES_URL` names, else on one that is started for the test. */
export async function postgresPlace(): Promise<Place> {
  const given = process.env['POSTGRES_URL']
  if (given !== undefined) return databaseOn(given, async () => undefined)
  try {
    const { uri, stop } = await startPostgres()
    return await databaseOn(uri, stop)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    return {
      unavailable: `no PostgreSQL here: POSTGRES_URL is not set, and a server does not start (${reason})`,
    }
  }
}

async function databaseOn(uri: string, stop: () => Promise<void>): Promise<Place> {
  const name = `sluice_conformance_${randomUUID().slice(0, 8)}`
  const run = async (sql: string): Promise<void> => {
    const client = new Client({ connectionString: uri })
    await client.connect()
    await client.query(sql)
    await client.end()
  }
  await run(`create database ${name}`)
  const own = new URL(uri)
  own.pathname = `/${name}`
  return {
    uri: own.href,
    close: async () => {
      await run(`drop database ${name} with (force)`)
      await stop()
    },
  }
}
