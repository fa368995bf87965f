import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ingest } from '../../src/app.ts'
import type { IngestOutcome } from '../../src/app.ts'
import type { RunEvent, TableResult } from '../../src/model/run-event.ts'
import { startSandbox } from '../../src/sandbox/index.ts'
import type { Sandbox, SandboxOptions } from '../../src/sandbox/index.ts'
import type { IngestOptions } from '../../src/sync/ingest-options.ts'

/** A sandbox, a private folder and an ingest that reads from the one into the other. */
export interface Bench extends AsyncDisposable {
  readonly sandbox: Sandbox
  readonly folder: string
  /** The DuckDB file. */
  readonly file: string
  ingest(
    sourceTable: string,
    options?: Partial<IngestOptions> & Readonly<{ key?: string }>,
  ): Promise<BenchRun>
}

export type BenchRun = IngestOutcome &
  Readonly<{ events: readonly RunEvent[]; of: (table: string) => TableResult }>

export async function openBench(options: SandboxOptions = {}): Promise<Bench> {
  const sandbox = await startSandbox({ limits: 'off', ...options })
  const folder = await mkdtemp(join(tmpdir(), 'sluice-scenario-'))
  const file = join(folder, 'shop.duckdb')
  return {
    sandbox,
    folder,
    file,
    ingest: async (sourceTable, { key = 'pk_test', ...more } = {}) => {
      const events: RunEvent[] = []
      const outcome = await ingest({
        sourceUri: `klaviyo://?api_key=${key}&base_url=${sandbox.url}&account=shop`,
        sourceTable,
        destUri: `duckdb:///${file}`,
        destTable: 'k.*',
        stateFolder: join(folder, 'state'),
        env: {},
        onEvent: (event) => {
          events.push(event)
        },
        ...more,
      })
      const of = (table: string): TableResult => {
        const found = outcome.result.tables.find((result) => result.table === table)
        if (found === undefined)
          throw new Error(`"${table}" did not end well: ${String(outcome.failures[0]?.error)}`)
        return found
      }
      return { ...outcome, events, of }
    },
    [Symbol.asyncDispose]: async () => {
      await sandbox.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
