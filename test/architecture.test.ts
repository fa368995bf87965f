import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { describe, expect, test } from 'vitest'

/**
 * Who may import whom. `model` is the nouns and imports nothing; what knows Klaviyo and what knows SQL never see
 * each other and meet in `sync`; the sandbox shares nothing with the client, or one would hide the other's bugs.
 * Files directly in src/ (app, bin, index) are the edges: only they name everything.
 */
const allowed: Readonly<Record<string, readonly string[]>> = {
  model: [],
  util: ['model'],
  config: ['model', 'util'],
  klaviyo: ['model', 'util'],
  landing: ['model', 'util'],
  engine: ['model', 'util'],
  destinations: ['model', 'util', 'engine'],
  sync: ['model', 'util', 'config', 'landing', 'engine', 'destinations'],
  sandbox: ['util'],
  cli: ['model', 'util', 'sync'],
}

/** What destinations are built on: once for every SQL database, once for files. */
const shared = ['sql', 'files']

/** Destinations that are built on another one. */
const parents: Readonly<Record<string, string>> = { files: 'duckdb', csv: 'duckdb' }

/** All that the way in and the way out see of a destination. */
const SEAM = 'src/destinations/target.ts'

/** Drivers that only one file may name. */
const drivers: Readonly<Record<string, string>> = {
  '@duckdb/node-api': 'src/engine/driver.ts',
  'mysql2/promise': 'src/destinations/mysql/driver.ts',
  pg: 'src/destinations/postgres/driver.ts',
  undici: 'src/util/connections.ts',
}

/** What commands load when they are called; only the function that wires them may name it. */
const wiring = ['src/cli/main.ts', 'src/cli/sandbox.ts', 'src/cli/demo/demo.ts']

const root = resolve(import.meta.dirname, '..')
const IMPORT = /(?:\bfrom|\bimport)\s*\(?\s*'([^']+)'/g

type Import = Readonly<{ file: string; specifier: string; target: string }>

function importsOf(file: string, text: string): readonly Import[] {
  return [...text.matchAll(IMPORT)].map(([, specifier = '']) => ({
    file,
    specifier,
    target: specifier.startsWith('.') ? relative(root, resolve(root, dirname(file), specifier)) : specifier,
  }))
}

const files = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
  .map((name) => join('src', name))
  .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
const imports = files.flatMap((file) => importsOf(file, readFileSync(join(root, file), 'utf8')))

/** What breaks the rules, one sentence each. */
function violations(found: readonly Import[]): readonly string[] {
  return found.flatMap(({ file, specifier, target }) => {
    const [, layer, sub] = file.split('/')
    const [, toLayer, toSub] = target.split('/')
    if (layer === undefined || layer.endsWith('.ts')) return []
    if (!specifier.startsWith('.')) {
      const owner = drivers[specifier]
      return owner === undefined || owner === file || isTypeOnly(file, specifier)
        ? []
        : [`${file} imports the driver "${specifier}", which belongs to ${owner}`]
    }
    if (toLayer === undefined || toLayer === layer) {
      const isFolder = (name: string | undefined): boolean => name?.includes('.') === false
      const isOther = layer === 'destinations' && sub !== toSub && isFolder(sub) && isFolder(toSub)
      return isOther && !shared.includes(toSub ?? '') && parents[sub ?? ''] !== toSub
        ? [`${file} imports another destination, ${target}`]
        : []
    }
    if (toLayer.endsWith('.ts')) {
      return toLayer === 'version.ts' || wiring.includes(file) || isTypeOnly(file, specifier)
        ? []
        : [`${file} imports ${target}, an edge`]
    }
    if (toLayer === 'destinations' && layer !== 'destinations' && target !== SEAM)
      return [`${file} looks behind the seam, at ${target}`]
    if (allowed[layer]?.includes(toLayer) === true || wiring.includes(file)) return []
    return [`${file} (${layer}) imports ${target} (${toLayer})`]
  })
}

function isTypeOnly(file: string, specifier: string): boolean {
  const text = readable(file)
  const statement = new RegExp(
    `^(import type|import|export)\\b(?:(?!\\n(?:import|export)\\b)[^;])*?'${specifier.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')}'`,
    'm',
  )
  return statement.exec(text)?.[1] === 'import type'
}

const readable = (file: string): string => readFileSync(join(root, file), 'utf8')

describe('architecture', () => {
  test('every folder of src has a rule', () => {
    const folders = readdirSync(join(root, 'src'), { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name)
    expect(folders.sort()).toEqual(Object.keys(allowed).sort())
  })

  test('imports go one way', () => {
    expect(imports.length).toBeGreaterThan(200)
    expect(violations(imports)).toEqual([])
  })

  test.each([
    ['src/sandbox/server.ts', "import { filterText } from '../klaviyo/filter.ts'"],
    ['src/model/table.ts', "const later = () => import('../util/clock.ts')"],
    ['src/klaviyo/read.ts', "import { quote } from '../engine/quote.ts'"],
    ['src/sync/plan.ts', "import { tables } from '../klaviyo/catalog/catalog.ts'"],
    ['src/destinations/postgres/driver.ts', "import { duckDbDialect } from '../duckdb/dialect.ts'"],
    ['src/destinations/sql/load.ts', "import { duckDbDialect } from '../duckdb/dialect.ts'"],
    ['src/sync/run.ts', "import { load } from '../destinations/sql/load.ts'"],
    ['src/sync/run.ts', "import { ingest } from '../app.ts'"],
  ])('a planted violation is caught: %s', (file, line) => {
    expect(violations(importsOf(file, line))).toHaveLength(1)
  })

  test('no file is longer than 500 lines', () => {
    const long = files.filter((file) => readable(file).split('\n').length > 500)
    expect(long).toEqual([])
  })

  test('identifiers and keywords of SQL appear in the engine and the destinations only', () => {
    const spelled = files
      .filter(
        (file) => !/^src\/(engine|destinations|sandbox)\//.test(file) && !file.startsWith('src/cli/demo/'),
      )
      .filter((file) =>
        /`\s*(select|insert into|delete from|create table|alter table)\b/i.test(readable(file)),
      )
    expect(spelled).toEqual([])
  })

  test('nobody above a destination asks which one it is', () => {
    const asked = files
      .filter((file) => /^src\/(sync|cli)\//.test(file))
      .filter((file) =>
        /destination\.(name|scheme)|'(duckdb|mysql|postgresql)'\s*[=!]==|[=!]==\s*'(duckdb|mysql|postgresql)'/.test(
          readable(file),
        ),
      )
    expect(asked).toEqual([])
  })
})
