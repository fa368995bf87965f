import { Command, CommanderError, Option } from 'commander'
import { version } from '../version.ts'
import { PROGRESS_KINDS } from './progress/open.ts'
import { reportError } from './report-error.ts'
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
  addSandbox(program, terminal)
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

function addSandbox(program: Command, terminal: Terminal): void {
  program.command('sandbox').description('placeholder')
  void terminal
}
