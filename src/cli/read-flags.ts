import { Option } from 'commander'
import type { Command } from 'commander'
import { SluiceError } from '../model/errors.ts'
import { flagSpelling } from '../model/spelling.ts'
import type { OptionName } from '../model/spelling.ts'
import { INGEST_OPTIONS } from '../sync/ingest-options.ts'
import { FOREIGN_FLAGS, foreignNotes } from './ingestr-flags.ts'

/** The flags that say what is read, as commander reads them: the same for a run and for its estimate. */
export type ReadFlags = Readonly<{
  sourceUri?: string
  sourceTable?: string
  destUri?: string
  destTable?: string
  intervalStart?: string
  intervalEnd?: string
  lookback?: string
  reload?: true
  reconcile?: true
  fullRefresh?: true
  incrementalStrategy?: string
  incrementalKey?: string
  primaryKey?: readonly string[]
  extractParallelism?: string
  flatten?: true
  yes?: true
}>

/** @param destUri what the help says of `--dest-uri` */
export function addReadFlags(command: Command, { destUri }: Readonly<{ destUri: string }>): Command {
  return command
    .optionsGroup('From where to where:')
    .option(
      '--source-uri <uri>',
      'klaviyo://?api_key=pk_…; without api_key the key is taken from KLAVIYO_API_KEY',
    )
    .option(
      '--source-table <name>',
      'a table, several separated by commas, or "*" for all: see "sluice tables"',
    )
    .option('--dest-uri <uri>', destUri)
    .option(
      '--dest-table <name>',
      'schema.table; "*" in it stands for the name of the source table (default: "*")',
    )
    .optionsGroup('What to read:')
    .option(
      '--interval-start <time>',
      'cover from this time on: 2022-01-01, 2022-01-01T12:00:00Z (default: from the earliest that is in; at first, everything)',
    )
    .option('--interval-end <time>', 'up to this time, itself not included (default: now)')
    .option(
      '--lookback <duration>',
      "read the end of what is in once more, for late rows: 7d, 12h, 0 (default: the table's own)",
    )
    .option('--reload', 'read what is in already as well')
    .option(
      '--reconcile',
      'then mark rows that Klaviyo has no more, by reading all ids; for events those of the interval',
    )
    .option('--full-refresh', 'read everything anew, and swap it in when it is complete')
    .option('--yes', 'go on where a refresh of an interval removes the rows outside it')
    .optionsGroup('How:')
    .option(
      '--incremental-strategy <name>',
      "merge, append, replace or delete+insert (default: the table's own)",
    )
    .option('--extract-parallelism <n>', 'windows of time read at once: a number (default: as many as help)')
    .option('--flatten', 'a column for each field of nested objects, instead of one of JSON')
}

/** Flags that are taken so that command lines written for ingestr work as they are. */
export function addForeignFlags(command: Command): Command {
  command
    .optionsGroup('For command lines from ingestr:')
    .option('--incremental-key <column>', "taken where it is the table's own")
    .option('--primary-key <column>', "taken where it is the table's own", collect)
  for (const { flag, takesValue } of FOREIGN_FLAGS)
    command.addOption(new Option(`--${flag}${takesValue ? ' <value>' : ''}`).hideHelp())
  return command
}

const collect = (value: string, before: readonly string[] = []): readonly string[] => [...before, value]

/**
 * Flags of which some cannot be left out.
 * @throws SluiceError `usage`
 */
export function required<Flags extends object, Name extends keyof Flags & OptionName>(
  flags: Flags,
  names: readonly Name[],
): Flags & { readonly [Each in Name]-?: NonNullable<Flags[Each]> } {
  const missing = names.filter((name) => flags[name] === undefined).map((name) => flagSpelling(name))
  if (missing.length > 0)
    throw new SluiceError(
      'missing-option',
      `${missing.join(', ').replace(/, ([^,]*)$/, ' and $1')} ${missing.length === 1 ? 'is' : 'are'} missing. Run with --help for examples.`,
    )
  // None of them is missing.
  return flags as Flags & { readonly [Each in Name]-?: NonNullable<Flags[Each]> }
}

type Required = 'sourceUri' | 'sourceTable' | 'destUri'

/**
 * What is to be read, and what is to be said about the flags.
 * @throws SluiceError `usage` for one that is missing, or that cannot be ignored
 */
export function parseReadFlags<Name extends Required>(
  flags: ReadFlags,
  names: readonly Name[],
): Readonly<{
  options: Omit<ReadFlags, 'primaryKey' | Name> & Readonly<Record<Name, string> & { primaryKey?: string }>
  notes: readonly string[]
}> {
  const { primaryKey, ...rest } = required(flags, names)
  const given = Object.entries(rest).filter(([name]) => Object.hasOwn(INGEST_OPTIONS, name))
  return {
    options: {
      // All of `required` were found.
      ...(Object.fromEntries(given) as Omit<ReadFlags, 'primaryKey' | Name> & Record<Name, string>),
      ...(primaryKey === undefined ? {} : { primaryKey: primaryKey.join(',') }),
    },
    notes: foreignNotes(rest),
  }
}
