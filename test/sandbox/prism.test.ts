import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Sandbox, startSandbox } from '../../src/sandbox/index.ts'
import { all, get } from './client.ts'
import { operations, target, visits } from './operations.ts'
import { type Json, readSpecFile, specMissing } from './spec-file.ts'

/** Prism validates both ways what it can see: paths, parameters without brackets, bodies of answers. */
const prism = process.env['SLUICE_PRISM']
const missing =
  specMissing ??
  (prism === undefined ? 'Prism runs in `npm run contract`: it is 90 MB and slow to start.' : null)
if (missing !== null) process.stderr.write(`Skipped: ${missing}\n`)

const lists = operations.filter(({ path, many }) => many && !path.includes('{'))

describe.skipIf(missing !== null)('through Prism', () => {
  // Not made here: this runs, and what would take it away again does not, where the suite is passed over.
  let folder = ''
  let sandbox: Sandbox
  let proxy: ChildProcess
  let url = ''

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'sluice-prism-'))
    sandbox = await startSandbox({ seed: 3, profiles: 300, events: 1_500, limits: 'off' })
    const file = join(folder, 'lists.json')
    writeFileSync(file, JSON.stringify(listsOnly()))
    const port = await freePort()
    url = `http://127.0.0.1:${port}`
    proxy = spawn(process.execPath, [prism ?? '', 'proxy', file, sandbox.url, '--port', String(port)], {
      stdio: 'ignore',
    })
    for (;;) {
      const isUp = await fetch(`${url}/api/lists`).then(
        () => true,
        () => false,
      )
      if (isUp) break
      await new Promise((resolve) => setTimeout(resolve, 200))
    }
  }, 180_000)

  afterAll(async () => {
    proxy.kill()
    rmSync(folder, { recursive: true })
    await sandbox.close()
  })

  test.for(lists.map((operation) => [operation.path, operation] as const))('%s', async ([, operation]) => {
    const [visit] = visits(sandbox, 1, [operation])
    if (visit === undefined || visit === null) throw new Error('the shop has nothing for it')
    const include = operation.includes.length === 0 ? {} : { include: operation.includes.join(',') }
    const sort = operation.sorts.length === 0 ? {} : { sort: operation.sorts[0] ?? '' }
    const pages = await all({ url }, target(visit, { ...include, ...sort }))
    expect(pages.flatMap(({ headers }) => violations(headers.get('sl-violations')))).toEqual([])
  })

  test('what the sandbox refuses, Prism sees too', async () => {
    const refused = ['/api/profiles?sort=bogus', '/api/profiles?include=lists', '/api/campaigns']
    for (const path of refused) {
      const { status, headers } = await get({ url }, path)
      expect([path, status]).toEqual([path, 400])
      expect(headers.get('sl-violations')).toContain('request')
    }
  })
})

/** What Prism holds against an answer, but for a recorded null: the other end of an empty to-one relation. */
function violations(header: string | null): readonly string[] {
  const found = JSON.parse(header ?? '[]') as readonly { location: string[]; message: string }[]
  return found
    .filter(({ location }) => !/relationships,[a-z-]+,data$/.test(location.join()))
    .map(({ message }) => message)
}

/** The root lists alone: Prism takes half a minute to start with the whole file. Nulls in links are let through. */
function listsOnly(): Json {
  const spec = readSpecFile()
  const paths = spec['paths'] as { [path: string]: { [method: string]: Json } }
  const { schemas } = spec['components'] as {
    schemas: Record<string, { properties: Record<string, Record<string, Json>> }>
  }
  for (const name of ['next', 'prev'])
    Object.assign(schemas['CollectionLinks']?.properties[name] ?? {}, { nullable: true })
  const kept = lists.map(({ path }) => [path, { get: paths[path]?.['get'] ?? null }])
  return { ...spec, paths: Object.fromEntries(kept) as Json }
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo
      server.close(() => resolve(port))
    })
  })
}
