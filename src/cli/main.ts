import { Command, CommanderError, Option } from 'commander'
import { version } from '../version.ts'
import { PROGRESS_KINDS } from './progress/open.ts'
import { reportError } from './report-error.ts'
import type { SandboxFlags } from './sandbox-flags.ts'
import { processTerminal } from './terminal.ts'
import type { Terminal } from './terminal.ts'

/** Runs one command line; resolves to the exit code. Commands are loaded when they are called. */
export async function main(argv: readonly string[], terminal: Terminal = processTerminal()): Promise<number> {
  let exitCode = 0
  const program = new Command('sluice')
    .description('Moves data between Klaviyo and databases, warehouses and lakes.')
    .version(version)
    .exitOverride()
    .showHelpAfterError('(run with --help for the options and examples)')
    .configureOutput({ writeErr: (text) => terminal.tell(text.trimEnd()) })
  addIngest(program, terminal, (code) => {
    exitCode = code
  })
  addTables(program, terminal)
  addSandbox(program)
  addDemo(program, terminal)
  try {
    await program.parseAsync(argv, { from: 'user' })
    return exitCode
  } catch (error) {
    // Commander has said what is wrong already; its codes are not ours.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
    if (process.env['SLUICE_DEBUG'] !== undefined)
      terminal.tell(String(error instanceof Error ? error.stack : error))
    const { message, exitCode: code } = reportError(error)
    terminal.tell(message)
    return code
  }
}

function addIngest(program: Command, terminal: Terminal, setExitCode: (code: number) => void): void {
  program
    .command('ingest')
    .description('Read Klaviyo tables into a destination, complete and incremental.')
    .requiredOption('--source-uri <uri>', 'klaviyo://?api_key=pk_… (or the key in KLAVIYO_API_KEY)')
    .requiredOption('--source-table <name>', 'a table, several separated by commas, or "*" for all')
    .requiredOption('--dest-uri <uri>', 'duckdb:///file.duckdb or postgresql://…')
    .option('--dest-table <name>', 'schema.table; "*" stands for the source table (default: "*")')
    .option('--interval-start <time>', 'cover from this time on (default: what is covered, or everything)')
    .option('--interval-end <time>', 'up to this time, exclusive (default: now)')
    .option(
      '--incremental-strategy <name>',
      "merge, append, replace or delete+insert (default: the table's own)",
    )
    .option('--incremental-key <column>', "accepted where it is the table's own")
    .option('--primary-key <column>', "accepted where it is the table's own")
    .option('--extract-parallelism <n>', 'windows read at once: a number or "auto"', 'auto')
    .option(
      '--lookback <duration>',
      "re-read this much behind what is covered: 7d, 12h, 0 (default: the table's own)",
    )
    .option('--full-refresh', 'read everything anew and swap it in when complete')
    .option('--reload', 'read what is covered as well')
    .option('--flatten', 'one column per field of nested objects')
    .option('--yes', 'accepted for compatibility: nothing is asked')
    .addOption(
      new Option(
        '--progress <kind>',
        'how to show progress (default: bars on a terminal, else lines)',
      ).choices(PROGRESS_KINDS),
    )
    .addHelpText(
      'after',
      `
Examples:
  $ sluice ingest --source-uri 'klaviyo://?api_key=pk_…' --source-table events \\
      --dest-uri duckdb:///klaviyo.duckdb --dest-table dest.events --interval-start 2022-01-01
  $ sluice ingest --source-uri 'klaviyo://' --source-table profiles,lists,segments \\
      --dest-uri duckdb:///klaviyo.duckdb --dest-table 'klaviyo.*'      (key in KLAVIYO_API_KEY)
  $ sluice ingest … --source-table '*' --dest-table 'klaviyo.*' --progress json

Run the same command again to read only what is missing. Exit codes: 0 done, 1 some tables failed,
2 wrong usage, 3 key or permissions, 130 interrupted.`,
    )
    .action(async (options) => {
      const [{ ingestCommand }, { ingest }] = await Promise.all([import('./ingest.ts'), import('../app.ts')])
      setExitCode(await ingestCommand(ingest, options, terminal))
    })
}

function addTables(program: Command, terminal: Terminal): void {
  program
    .command('tables')
    .description('Show the tables that can be read: key, cursor, strategy, limits, scopes, columns.')
    .argument('[table]', 'one table in detail')
    .option('--json', 'as data')
    .addHelpText(
      'after',
      '\nExamples:\n  $ sluice tables\n  $ sluice tables events\n  $ sluice tables profiles --json',
    )
    .action(async (table: string | undefined, { json }: { json?: true }) => {
      const [{ tablesCommand }, catalog] = await Promise.all([
        import('./tables.ts'),
        import('../klaviyo/catalog/catalog.ts'),
      ])
      tablesCommand({ catalog, table, json: json ?? false, print: terminal.print })
    })
}

function addSandbox(program: Command): void {
  program
    .command('sandbox')
    .description('Run a strict local Klaviyo with the data of a believable shop. No account is needed.')
    .option('--port <n>', 'on 127.0.0.1; 0 for any free one', '8080')
    .option('--seed <n>', 'the same seed gives the same data', '1')
    .option('--profiles <n>', 'profiles in each account', '1000')
    .option('--events <n>', 'events in each account', '10000')
    .option('--accounts <n>', 'accounts; keys are pk_test, pk_test_2, …', '1')
    .option('--latency <ms>', 'wait before each answer', '0')
    .addOption(new Option('--limits <kind>', "Klaviyo's rate limits").choices(['real', 'off']).default('real'))
    .addOption(new Option('--faults <kind>', 'failing answers').choices(['none', 'mild', 'harsh']).default('none'))
    .addOption(
      new Option('--link-origin <kind>', "whose origin next links carry: Klaviyo's, as its SDK wants, or this one's")
        .choices(['klaviyo', 'self'])
        .default('klaviyo'),
    )
    .option('--gzip', 'compress answers')
    .addHelpText(
      'after',
      '\nExamples:\n  $ sluice sandbox\n  $ sluice sandbox --events 1000000 --profiles 50000 --latency 300 --faults mild',
    )
    .action(async (flags: SandboxFlags) => {
      const [{ sandboxCommand }, { parseSandboxFlags }, { interruptSignal }] = await Promise.all([
        import('./sandbox.ts'),
        import('./sandbox-flags.ts'),
        import('./interrupt.ts'),
      ])
      await sandboxCommand(parseSandboxFlags(flags), interruptSignal(() => undefined))
    })
}

function addDemo(program: Command, terminal: Terminal): void {
  program
    .command('demo')
    .description('The whole story in a minute: sandbox, all tables into DuckDB, an incremental run, answers in SQL.')
    .option('--dir <folder>', 'where the DuckDB file goes', 'sluice-demo')
    .action(async ({ dir }: { dir: string }) => {
      const { demoCommand } = await import('./demo/demo.ts')
      await demoCommand(dir, terminal)
    })
}
