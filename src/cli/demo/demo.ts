import { mkdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ingest } from '../../app.ts'
import { quoteLiteral } from '../../engine/quote.ts'
import { openEngine } from '../../engine/open-engine.ts'
import type { RunResult } from '../../model/run-event.ts'
import { shellWord } from '../own-command.ts'
import { openProgress } from '../progress/open.ts'
import { summary } from '../summary.ts'
import type { Terminal } from '../terminal.ts'
import { count, duration } from '../units.ts'
import { answers } from './questions.ts'
import { startSandboxProcess } from './sandbox-process.ts'

/** The tables that ingestr and others offer too. */
const TABLES = [
  'events',
  'profiles',
  'campaigns',
  'metrics',
  'tags',
  'coupons',
  'catalog-variants',
  'catalog-categories',
  'catalog-items',
  'flows',
  'lists',
  'images',
  'segments',
  'forms',
  'templates',
]
const EVENTS = 200_000
const PROFILES = 20_000
const NEW_EVENTS = 5_000
const LATE_EVENTS = 40
const DAY_S = 86_400

export type DemoOptions = Readonly<{
  /** Where the DuckDB file goes; one of that name is overwritten. */
  folder: string
  /** The path of `sluice` itself, to run the sandbox in a process of its own. */
  program: string
  /** What calls this program. */
  own: string
  /** Of the shop; smaller in tests. */
  events?: number
  profiles?: number
}>

/** The whole story on embedded defaults: a shop, everything into one DuckDB file, new data, answers in SQL. */
export async function demoCommand(
  { folder, program, own, events = EVENTS, profiles = PROFILES }: DemoOptions,
  terminal: Terminal,
): Promise<void> {
  const startedAt = performance.now()
  const { print } = terminal
  await mkdir(folder, { recursive: true })
  const file = join(folder, 'shop.duckdb')
  await Promise.all([rm(file, { force: true }), rm(`${file}.wal`, { force: true })])

  print(
    `A local Klaviyo with ${count(events)} events and ${count(profiles)} profiles, under Klaviyo's real rate limits …`,
  )
  await using sandbox = await startSandboxProcess(program, [
    '--events',
    String(events),
    '--profiles',
    String(profiles),
  ])
  const read = async (title: string): Promise<RunResult> => {
    print(`\n${title}`)
    const { result, failures } = await ingest({
      sourceUri: `klaviyo://?api_key=pk_test&base_url=${sandbox.url}`,
      sourceTable: TABLES.join(','),
      destUri: `duckdb:///${file}`,
      destTable: 'klaviyo.*',
      stateFolder: join(folder, 'state'),
      onEvent: await openProgress(terminal.isInteractive ? 'interactive' : undefined, terminal),
    })
    if (failures[0] !== undefined) throw failures[0].error
    for (const line of summary(result)) print(line)
    return result
  }

  const since = Math.floor(Date.now() / 1000)
  const first = await read(`1. ${TABLES.length} tables into "${file}"`)
  const now = Math.floor(Date.now() / 1000)
  await sandbox.control('events', { count: NEW_EVENTS, fromS: since, toS: now })
  await sandbox.control('events', { count: LATE_EVENTS, fromS: now - 3 * DAY_S, toS: now - DAY_S })
  await sandbox.control('profiles', { count: 50 })
  const second = await read(
    `2. The same command again, after ${count(NEW_EVENTS)} new events, ${LATE_EVENTS} that show up days late, and 50 new profiles`,
  )

  print('\n3. Questions, answered by SQL')
  await using engine = await openEngine({ tempDirectory: tmpdir() })
  await engine.run(`attach ${quoteLiteral(file)} as shop (read_only)`)
  await engine.run('use shop')
  for (const { question, lines } of await answers((sql) => engine.query(sql))) {
    print(`\n${question}`)
    for (const line of lines) print(`  ${line}`)
  }
  const total = (run: RunResult, field: 'rows' | 'requests'): number =>
    run.tables.reduce((sum, table) => sum + table[field], 0)
  print(
    `\nDone in ${duration(performance.now() - startedAt)}: first run ${count(total(first, 'rows'))} rows with ${count(total(first, 'requests'))} requests in ${duration(first.durationMs)}, second run ${count(total(second, 'rows'))} rows with ${count(total(second, 'requests'))} requests in ${duration(second.durationMs)}.`,
  )
  print(
    `The data is in "${file}". Open it with any DuckDB, or start over with\n  ${own} demo --dir ${shellWord(folder)}`,
  )
}
