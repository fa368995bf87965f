import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { engineHere } from '../../../test/conformance/engine-here.ts'
import type { Engine } from '../../engine/engine.ts'
import { openPlace } from '../registry.ts'
import { connect } from './index.ts'

describe('opening a DuckDB file', () => {
  let directory: string
  let engine: Engine
  let closeEngine: () => Promise<void>
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'sluice-duckdb-'))
    ;({ engine, close: closeEngine } = await engineHere())
  })
  afterEach(async () => {
    await closeEngine()
    await rm(directory, { recursive: true })
  })
  const open = (uri: string) => connect(uri, engine)
  const uriOf = (file: string): string => `duckdb:///${join(directory, file)}`

  it('makes the file, writes it completely, and lets go of it', async () => {
    const destination = await open(uriOf(`it's.duckdb`))
    await destination.transaction(
      (tx) =>
        tx.run({
          sql: `create table ${destination.dialect.table({ schema: null, name: 't' })} (n integer)`,
          values: [],
        }),
      new AbortController().signal,
    )
    await destination[Symbol.asyncDispose]()
    expect(existsSync(join(directory, `it's.duckdb.wal`))).toBe(false)
    const again = await open(uriOf(`it's.duckdb`))
    expect(await again.describe({ schema: null, name: 'T' })).toMatchObject({
      columns: [{ name: 'n', type: 'INTEGER' }],
    })
    await again[Symbol.asyncDispose]()
  })

  it('takes a file that it made away when nothing was written', async () => {
    const destination = await open(uriOf('new.duckdb'))
    await destination[Symbol.asyncDispose]()
    expect(existsSync(join(directory, 'new.duckdb'))).toBe(false)
  })

  it('needs no file at all', async () => {
    const destination = await open('duckdb:///:memory:')
    expect(await destination.query({ sql: 'select $1 as n', values: [1n] })).toEqual([{ n: 1n }])
    await destination[Symbol.asyncDispose]()
  })

  it('names the process that holds the file', async () => {
    const script = `
      const { DuckDBInstance } = require('@duckdb/node-api')
      DuckDBInstance.create(${JSON.stringify(join(directory, 'held.duckdb'))}).then(() => { console.log('held'); setInterval(() => {}, 1000) })`
    const holder = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] })
    await once(createInterface(holder.stdout), 'line')
    try {
      await expect(open(uriOf('held.duckdb'))).rejects.toThrow(
        new RegExp(`held.duckdb" is in use by process ${holder.pid} \\(`),
      )
    } finally {
      holder.kill()
      await once(holder, 'exit')
    }
  })

  it('says what is wrong with the path', async () => {
    await writeFile(
      join(directory, 'notes.txt'),
      'not a database, and long enough to have a header of its own',
    )
    await mkdir(join(directory, 'folder'))
    await expect(open(uriOf('notes.txt'))).rejects.toThrow(/notes.txt" exists, but is not a DuckDB database/)
    await expect(open(uriOf('folder'))).rejects.toThrow(/folder" is a directory. Name a file in it/)
    await expect(open(uriOf('missing/x.duckdb'))).rejects.toThrow(
      /The directory ".*missing" of ".*" does not exist/,
    )
    await expect(open(`duckdb:///${directory.slice(1)}/x.duckdb`)).rejects.toThrow(
      /write "duckdb:\/\/\/\/.*" with four slashes/,
    )
    await expect(open(uriOf('missing/x.duckdb'))).rejects.toMatchObject({ fault: 'destination' })
  })

  it('names the destinations there are', async () => {
    await expect(openPlace('duckbd:///x.duckdb', engine)).rejects.toThrow(
      /There is no destination "duckbd". Did you mean "duckdb"\?/,
    )
    await expect(openPlace('shop.duckdb', engine)).rejects.toMatchObject({ fault: 'usage' })
  })
})
