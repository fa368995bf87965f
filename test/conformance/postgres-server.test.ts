import { cp, mkdir, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { Client } from 'pg'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { installedPostgres, startPostgres } from './postgres-server.ts'
import type { PostgresOptions } from './postgres-server.ts'

let folder: string
beforeEach(async () => {
  // Private, as `mktemp -d` makes them: of those who are not root, nobody can enter.
  folder = await mkdtemp(join(tmpdir(), 'sluice-private-'))
})
afterEach(() => rm(folder, { recursive: true }))

const isRoot = process.getuid?.() === 0

async function answers(options: Partial<PostgresOptions>): Promise<void> {
  const { uri, stop } = await startPostgres(options)
  const client = new Client({ connectionString: uri })
  await client.connect()
  expect((await client.query('select 1 as one')).rows).toEqual([{ one: 1 }])
  await client.end()
  await stop()
}

test('a server starts, answers, and leaves nothing behind', async () => {
  const open = join(folder, 'open')
  await mkdir(open)
  // As root, this folder is passed over for the next.
  await answers({ folders: [open, ...(isRoot ? [tmpdir()] : [])] })
  expect(await readdir(open)).toEqual([])
})

test('as root, with programs where nobody else can enter: they are copied', async (context) => {
  if (!isRoot) return context.skip('not root')
  const { initdb, postgres } = await installedPostgres()
  const native = join(folder, 'native')
  await cp(dirname(dirname(initdb)), native, { recursive: true, verbatimSymlinks: true })
  const [from, to] = [dirname(dirname(initdb)), native]
  await answers({ programs: { initdb: initdb.replace(from, to), postgres: postgres.replace(from, to) } })
})

test('as root, with no folder that anybody else can enter: said at once', async (context) => {
  if (!isRoot) return context.skip('not root')
  const startedAt = performance.now()
  await expect(startPostgres({ folders: [folder, join(folder, 'missing')] })).rejects.toThrow(
    `PostgreSQL refuses to run as root, and no other user can enter ${folder}`,
  )
  expect(performance.now() - startedAt).toBeLessThan(5_000)
  expect(await readdir(folder)).toEqual([])
})
