import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ingest } from '../../src/app.ts'
import type { IngestOutcome, Tuning } from '../../src/app.ts'
import type { RunEvent, TableResult } from '../../src/model/run-event.ts'
import { startSandbox } from '../../src/sandbox/index.ts'
import type { Sandbox, SandboxOptions } from '../../src/sandbox/index.ts'
import { buildShop } from '../../src/sandbox/shop/shop.ts'
import type { Shop, ShopOptions } from '../../src/sandbox/shop/shop.ts'
import type { IngestOptions } from '../../src/sync/ingest-options.ts'
import { systemClock } from '../../src/util/clock.ts'

/** A sandbox, a private folder and an ingest that reads from the one into the other. */
export interface Bench extends AsyncDisposable {
  readonly sandbox: Sandbox
  readonly folder: string
  /** The DuckDB file. */
  readonly file: string
  /** The folder that landed pages wait in. */
  readonly stateFolder: string
  /** Moves the time of both sides forward. */
  advance(ms: number): void
  ingest(sourceTable: string, options?: BenchOptions): Promise<BenchRun>
  /** Arguments of the command line for the same; `source` are parameters of the source URI. */
  words(
    sourceTable: string,
    source: Readonly<Record<string, string>>,
    ...more: readonly string[]
  ): readonly string[]
  /** Files that are left of landed pages, those that were set aside not counted. */
  landed(): Promise<readonly string[]>
}

export type BenchOptions = Partial<IngestOptions> &
  Readonly<{ source?: Readonly<Record<string, string>>; tuning?: Partial<Tuning> }>

export type BenchRun = IngestOutcome &
  Readonly<{ events: readonly RunEvent[]; of: (table: string) => TableResult }>

/**
 * The believable shop as it was 40 days ago: nothing in it is still to become visible, so that the truth stands
 * still while a slow test looks at it.
 */
export const settledShop = (options: ShopOptions): Shop =>
  buildShop({ ...options, nowMs: options.nowMs - 40 * 86_400_000 })

export async function openBench(options: SandboxOptions = {}): Promise<Bench> {
  const sandbox = await startSandbox({ limits: 'off', ...options })
  const folder = await mkdtemp(join(tmpdir(), 'sluice-scenario-'))
  const file = join(folder, 'shop.duckdb')
  const stateFolder = join(folder, 'state')
  let aheadMs = 0
  const clock = { ...systemClock, now: () => Date.now() + aheadMs }
  const sourceUri = (more: Readonly<Record<string, string>>): string =>
    `klaviyo://?${new URLSearchParams({ api_key: 'pk_test', base_url: sandbox.url, account: 'shop', ...more }).toString()}`
  return {
    sandbox,
    folder,
    file,
    stateFolder,
    advance: (ms) => {
      aheadMs += ms
      sandbox.clock.advance(ms)
    },
    ingest: async (sourceTable, { source = {}, tuning, ...more } = {}) => {
      const events: RunEvent[] = []
      const outcome = await ingest(
        {
          sourceUri: sourceUri(source),
          sourceTable,
          destUri: `duckdb:///${file}`,
          destTable: 'k.*',
          stateFolder,
          env: {},
          onEvent: (event) => {
            events.push(event)
          },
          ...more,
        },
        { clock, ...tuning },
      )
      const of = (table: string): TableResult => {
        const found = outcome.result.tables.find((result) => result.table === table)
        if (found === undefined)
          throw new Error(`"${table}" did not end well: ${String(outcome.failures[0]?.error)}`)
        return found
      }
      return { ...outcome, events, of }
    },
    words: (sourceTable, source, ...more) =>
      [
        ['ingest', '--source-uri', sourceUri(source), '--source-table', sourceTable],
        ['--dest-uri', `duckdb:///${file}`, '--dest-table', 'k.*'],
        more,
      ].flat(),
    landed: async () => {
      const entries = await readdir(stateFolder, { recursive: true, withFileTypes: true }).catch(() => [])
      return entries
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name))
        .filter((file) => !file.startsWith(join(stateFolder, 'quarantine')))
    },
    [Symbol.asyncDispose]: async () => {
      await sandbox.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
