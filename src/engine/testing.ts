import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { crc32, gzipSync } from 'node:zlib'
import type { LandedFile } from '../model/landed.ts'
import { needsMending as bodyNeedsMending } from '../util/json-mending.ts'
import type { Stage } from '../model/stage.ts'
import type { Column, ColumnType } from '../model/table.ts'
import type { Engine, StageRequest, Value } from './engine.ts'
import { openEngine } from './open-engine.ts'

/** A column of an attribute of the same name. */
export const attribute = (name: string, type: ColumnType): Column => ({
  name,
  path: ['attributes', name],
  type,
})

export const id: Column = { name: 'id', path: ['id'], type: 'text' }

/** An engine in a folder of its own, and pages for it. For tests. */
export class EngineBench implements AsyncDisposable {
  readonly engine: Engine
  readonly directory: string
  #pages = 0

  private constructor(engine: Engine, directory: string) {
    this.engine = engine
    this.directory = directory
  }

  static async open(): Promise<EngineBench> {
    const directory = await mkdtemp(join(tmpdir(), 'sluice-engine-'))
    return new EngineBench(await openEngine({ tempDirectory: directory, threads: 2 }), directory)
  }

  /** Lands a body as it is. Later pages are received later, unless said otherwise. */
  async page(
    body: string | Buffer,
    { encoding = 'identity', receivedAtMs = this.#pages }: Partial<Omit<LandedFile, 'file'>> = {},
  ): Promise<LandedFile> {
    this.#pages += 1
    const file = join(this.directory, `page ${this.#pages}.json`)
    const raw = encoding === 'gzip' ? gzipSync(body) : Buffer.from(body)
    await writeFile(file, raw)
    const needsMending = bodyNeedsMending(Buffer.from(body))
    return { file, encoding, receivedAtMs, rows: rowsOf(body), needsMending, crc32: crc32(raw) }
  }

  /** Stages bodies that are given as text. */
  async stage(
    bodies: readonly string[],
    columns: readonly Column[],
    request: Partial<StageRequest> = {},
  ): Promise<Stage> {
    const files: LandedFile[] = []
    for (const body of bodies) files.push(await this.page(body))
    return this.engine.stage({
      files,
      columns,
      key: ['id'],
      cursor: null,
      account: 'shop',
      syncedAtMs: 1_760_000_000_123,
      ...request,
    })
  }

  /** Rows of a stage as records, ordered by the first column. */
  async rows({ relation, columns }: Stage): Promise<readonly Readonly<Record<string, Value>>[]> {
    const rows = await this.engine.query(`select * from "${relation}" order by 1`)
    return rows.map((row) => Object.fromEntries(columns.map(({ name }, i) => [name, row[i] ?? null])))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.engine[Symbol.asyncDispose]()
    await rm(this.directory, { recursive: true, force: true })
  }
}

/** A page of resources with these attributes. */
export const listOf = (...attributes: readonly string[]): string =>
  `{"data":[${attributes.map((json, i) => `{"type":"thing","id":"${i + 1}","attributes":${json}}`).join(',')}],"links":{"next":null}}`

function rowsOf(body: string | Buffer): number {
  try {
    const { data } = JSON.parse(body.toString().replace(/^\uFEFF/, '')) as { data?: unknown }
    return Array.isArray(data) ? data.length : 0
  } catch {
    return 0
  }
}
