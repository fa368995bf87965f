import { Command, CommanderError, Option } from 'commander'
import type { OptionValues } from 'commander'
import { exitCodes } from '../model/error-codes.ts'
import { SluiceError } from '../model/errors.ts'
import { version } from '../version.ts'
import {
  DEMO_HELP,
  ESTIMATE_HELP,
  INGEST_HELP,
  MAIN_HELP,
  RENAME_ACCOUNT_HELP,
  SANDBOX_HELP,
  TABLES_HELP,
} from './help.ts'
import { PROGRESS_KINDS } from './progress/kinds.ts'
import type { ProgressKind } from './progress/kinds.ts'
import { addForeignFlags, addReadFlags, parseReadFlags, required } from './read-flags.ts'
import type { ReadFlags } from './read-flags.ts'
import { reportError, traceOf } from './report-error.ts'
import type { SandboxFlags } from './sandbox-flags.ts'
import type { Terminal } from './terminal.ts'
import { ownCommand } from './own-command.ts'
import { checkWords, usageError } from './usage-error.ts'

type Wiring = Readonly<{
  program: Command
  terminal: Terminal
  /** Registers what a command does; it resolves to the exit code. */
  does: <Flags extends OptionValues>(command: Command, action: Action<Flags>) => void
}>
type Action<Flags> = (flags: Flags, words: readonly string[]) => Promise<number>

/** Runs one command line; resolves to the exit code. Commands are loaded when they are called. */
export async function main(argv: readonly string[], terminal: Terminal): Promise<number> {
  const code = await run(argv, terminal)
  const failure = await terminal.printed()
  if (failure === null) return code
  const error = unwritable(failure)
  terminal.tell(error.message)
  return code === 0 ? exitCodes[error.fault] : code
}

async function run(argv: readonly string[], terminal: Terminal): Promise<number> {
  let exitCode = 0
  const program = new Command('sluice')
    .description('Moves data between Klaviyo and databases, warehouses and lakes.')
    .version(version, '-V, --version', 'show the version')
    .helpOption('-h, --help', 'show this help')
    .helpCommand('help [command]', 'show the help of a command')
    .addHelpText('after', MAIN_HELP)
    .exitOverride()
    // Commander's errors are said in our own words, below.
    .configureOutput({
      writeOut: (text) => {
        terminal.print(text.trimEnd())
      },
      writeErr: (text) => {
        terminal.tell(text.trimEnd())
      },
      outputError: () => undefined,
    })
  const does: Wiring['does'] = (command, action) => {
    command.allowExcessArguments().action(async () => {
      checkWords(command)
      exitCode = await action(command.opts(), command.args)
    })
  }
  for (const add of [addIngest, addEstimate, addTables, addRenameAccount, addSandbox, addDemo])
    add({ program, terminal, does })
  try {
    await program.parseAsync(argv, { from: 'user' })
    return exitCode
  } catch (caught) {
    const command = program.commands.find((each) => each.name() === argv[0]) ?? program
    const error = caught instanceof CommanderError ? usageError(caught, command) : caught
    if (error === null) return caught instanceof CommanderError && caught.exitCode === 0 ? 0 : 2
    if (isDebug(argv)) terminal.tell(traceOf(error))
    const { message, exitCode: code } = reportError(error)
    terminal.tell(message)
    return code
  }
}

/** Results that could not be written are no success, whatever was done. */
function unwritable(cause: Error): SluiceError {
  const code = 'code' in cause ? String(cause.code) : 'unknown error'
  const why =
    code === 'ENOSPC' || code === 'EDQUOT'
      ? 'there is no space left where it goes'
      : `the system says ${code}`
  return new SluiceError(
    'unwritable-output',
    `The output could not be written: ${why}. All else was done as told.`,
    { cause },
  )
}

const ownCommandHere = (): string => ownCommand(process.argv[1] ?? '', process.cwd(), process.env)

/** Read from the words themselves: it must be known where they cannot be parsed. */
const isDebug = (argv: readonly string[]): boolean =>
  argv.includes('--debug') || process.env['SLUICE_DEBUG'] !== undefined

function addIngest({ program, terminal, does }: Wiring): void {
  const command = program
    .command('ingest')
    .usage('--source-uri <uri> --source-table <name> --dest-uri <uri> [options]')
    .description('Read Klaviyo tables into a destination, complete and incremental.')
  addReadFlags(command, {
    destUri: 'duckdb:///file.duckdb, postgresql://user:password@host/database or mysql://…',
  })
    .addOption(
      new Option('--progress <kind>', 'how to show it (default: bars on a terminal, else lines)').choices(
        PROGRESS_KINDS,
      ),
    )
    .option('--quiet', 'tell only what went wrong, and one line at the end')
    .option('--debug', 'show traces of errors, as SLUICE_DEBUG=1 does')
  addForeignFlags(command).addHelpText('after', INGEST_HELP)
  does<ReadFlags & Readonly<{ progress?: ProgressKind; quiet?: true; debug?: true }>>(
    command,
    async ({ progress, quiet = false, debug, ...flags }) => {
      if (quiet && progress !== undefined)
        throw new SluiceError(
          'invalid-option',
          '--quiet and --progress exclude each other. Leave one of them out.',
        )
      const { options, notes } = parseReadFlags(flags, ['sourceUri', 'sourceTable', 'destUri'])
      const [{ ingestCommand }, { ingest }] = await Promise.all([import('./ingest.ts'), import('../app.ts')])
      if (!quiet) for (const note of notes) terminal.tell(note)
      const asked = { options, progress, quiet, debug: isDebug(debug ? ['--debug'] : []) }
      return ingestCommand(ingest, asked, terminal)
    },
  )
}

function addEstimate({ program, terminal, does }: Wiring): void {
  const command = program
    .command('estimate')
    .usage('--source-uri <uri> --source-table <name> [options]')
    .description('Say what an ingest would read and how long that would take. Writes nothing.')
  addReadFlags(command, { destUri: 'what is in there already is left out (default: nothing is in)' })
    .option('--json', 'as data')
    .option('--debug', 'show traces of errors, as SLUICE_DEBUG=1 does')
    .addOption(new Option('--progress <kind>').choices(PROGRESS_KINDS).hideHelp())
  addForeignFlags(command).addHelpText('after', ESTIMATE_HELP)
  does<ReadFlags & Readonly<{ json?: true }>>(command, async ({ json, ...flags }) => {
    const { options } = parseReadFlags(flags, ['sourceUri', 'sourceTable'])
    const [{ estimateCommand }, { estimate }] = await Promise.all([
      import('./estimate.ts'),
      import('../app.ts'),
    ])
    return estimateCommand(estimate, { ...options, json }, terminal)
  })
}

function addTables({ program, terminal, does }: Wiring): void {
  const command = program
    .command('tables')
    .description('Show the tables that can be read: key, cursor, strategy, limits, scopes, columns.')
    .argument('[table]', 'one table in detail')
    .option('--json', 'as data')
    .addHelpText('after', TABLES_HELP)
  does<Readonly<{ json?: true }>>(command, async ({ json = false }, [table]) => {
    const [{ tablesCommand }, catalog] = await Promise.all([
      import('./tables.ts'),
      import('../klaviyo/catalog/catalog.ts'),
    ])
    tablesCommand({ catalog, table, json, print: terminal.print, width: terminal.width() })
    return 0
  })
}

function addRenameAccount({ program, terminal, does }: Wiring): void {
  const command = program
    .command('rename-account')
    .usage('--dest-uri <uri> --from <name> --to <name> [--yes]')
    .description('Give an account another name in a destination.')
    .option('--dest-uri <uri>', 'duckdb:///file.duckdb or postgresql://user:password@host/database')
    .option('--from <name>', 'what _sluice_account says')
    .option('--to <name>', 'what it is to say')
    .option('--yes', 'do it')
    .option('--debug', 'show traces of errors, as SLUICE_DEBUG=1 does')
    .addHelpText('after', RENAME_ACCOUNT_HELP)
  does<Readonly<{ destUri?: string; from?: string; to?: string; yes?: true; debug?: true }>>(
    command,
    async ({ destUri, from, to, yes }) => {
      const options = required({ destUri, from, to, ...(yes === true ? { yes } : {}) }, [
        'destUri',
        'from',
        'to',
      ])
      const [{ renameAccountCommand }, { renameAccount }] = await Promise.all([
        import('./rename-account.ts'),
        import('../app.ts'),
      ])
      return renameAccountCommand(renameAccount, options, terminal)
    },
  )
}

function addSandbox({ program, terminal, does }: Wiring): void {
  const command = program
    .command('sandbox')
    .description('Run a strict local Klaviyo with the data of a believable shop. No account is needed.')
    .option('--port <n>', 'on 127.0.0.1; 0 for any free one', '8080')
    .option('--seed <n>', 'the same seed gives the same data', '1')
    .option('--profiles <n>', 'profiles in each account', '1000')
    .option('--events <n>', 'events in each account', '10000')
    .option('--accounts <n>', 'accounts; keys are pk_test, pk_test_2, …', '1')
    .option('--latency <ms>', 'wait before each answer', '0')
    .addOption(
      new Option('--limits <kind>', "Klaviyo's rate limits").choices(['real', 'off']).default('real'),
    )
    .addOption(
      new Option('--faults <kind>', 'failing answers').choices(['none', 'mild', 'harsh']).default('none'),
    )
    .addOption(
      new Option(
        '--link-origin <kind>',
        "whose origin next links carry: Klaviyo's, as its SDK wants, or this one's",
      )
        .choices(['klaviyo', 'self'])
        .default('klaviyo'),
    )
    .option('--gzip', 'compress answers')
    .option('--serve-retired', 'serve revisions whose two years are over, for tools that pin one')
    .addHelpText('after', SANDBOX_HELP)
  does<SandboxFlags>(command, async (flags) => {
    const [{ sandboxCommand }, { parseSandboxFlags }, { interruptSignal }] = await Promise.all([
      import('./sandbox.ts'),
      import('./sandbox-flags.ts'),
      import('./interrupt.ts'),
    ])
    await sandboxCommand(parseSandboxFlags(flags), {
      signal: interruptSignal(() => undefined),
      own: ownCommandHere(),
      print: terminal.print,
    })
    return 0
  })
}

function addDemo({ program, terminal, does }: Wiring): void {
  const command = program
    .command('demo')
    .description(
      'The whole story in a minute: sandbox, all tables into DuckDB, an incremental run, answers in SQL.',
    )
    .option('--dir <folder>', 'where the DuckDB file goes', 'sluice-demo')
    .addHelpText('after', DEMO_HELP)
  does<Readonly<{ dir: string }>>(command, async ({ dir }) => {
    const { demoCommand } = await import('./demo/demo.ts')
    await demoCommand({ folder: dir, program: process.argv[1] ?? '', own: ownCommandHere() }, terminal)
    return 0
  })
}
