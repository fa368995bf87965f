import { SluiceError } from '../model/errors.ts'

/**
 * Flags of `ingestr ingest` that have no meaning here. Those that only tune how it works are taken and have no
 * effect, so that a command line needs no change; those that would change what is loaded are refused.
 */
type Foreign = Readonly<{
  flag: string
  takesValue: boolean
  /** Why; the end of a sentence. */
  because: string
  isRefused?: true
  /** A value with which there is nothing to say. */
  same?: string
}>

const AS_SENT = 'rows are loaded as Klaviyo sends them. Leave it out, and make a view that does it'
const NOT_STAGED = 'nothing is staged outside of the destination'
const OWN_WINDOWS = 'windows are cut while they are read, by the rows found in them'

export const FOREIGN_FLAGS: readonly Foreign[] = [
  { flag: 'page-size', takesValue: true, because: 'pages are as large as Klaviyo allows' },
  { flag: 'loader-file-size', takesValue: true, because: 'batches are as large as loads fastest' },
  {
    flag: 'loader-file-format',
    takesValue: true,
    because: 'each destination gets the format it loads fastest',
  },
  {
    flag: 'pipelines-dir',
    takesValue: true,
    because: 'what is loaded is remembered in the destination itself',
  },
  { flag: 'sql-backend', takesValue: true, because: 'Klaviyo is not read by SQL' },
  { flag: 'extract-partition-by', takesValue: true, because: OWN_WINDOWS },
  { flag: 'extract-partition-interval', takesValue: true, because: OWN_WINDOWS },
  { flag: 'partition-by', takesValue: true, because: 'tables are not partitioned' },
  { flag: 'cluster-by', takesValue: true, because: 'tables are not clustered' },
  { flag: 'staging-bucket', takesValue: true, because: NOT_STAGED },
  { flag: 'staging-dataset', takesValue: true, because: NOT_STAGED },
  {
    flag: 'schema-naming',
    takesValue: true,
    because: "columns have Klaviyo's own names, which are in snake_case",
  },
  { flag: 'no-load-timestamp', takesValue: false, because: '"_sluice_synced_at" is always there' },
  {
    flag: 'schema-contract',
    takesValue: true,
    same: 'evolve',
    isRefused: true,
    because: 'what Klaviyo adds becomes a column, as with "evolve". Leave it out',
  },
  {
    flag: 'sql-limit',
    takesValue: true,
    isRefused: true,
    because: 'a table would look complete and not be. Use --interval-start and --interval-end',
  },
  { flag: 'sql-exclude-columns', takesValue: true, isRefused: true, because: AS_SENT },
  { flag: 'columns', takesValue: true, isRefused: true, because: AS_SENT },
  { flag: 'no-inference', takesValue: false, isRefused: true, because: AS_SENT },
  { flag: 'mask', takesValue: true, isRefused: true, because: AS_SENT },
  { flag: 'trim-whitespace', takesValue: false, isRefused: true, because: AS_SENT },
  {
    flag: 'incremental-predicate',
    takesValue: true,
    isRefused: true,
    because: 'rows are merged by key alone. Leave it out',
  },
  {
    flag: 'stream',
    takesValue: false,
    isRefused: true,
    because: 'Klaviyo can only be asked. Leave it out, and run the same command as often as you like',
  },
]

/**
 * What to say about the foreign flags among those given.
 * @throws SluiceError `usage` for one that cannot be ignored
 */
export function foreignNotes(given: Readonly<Record<string, unknown>>): readonly string[] {
  const used = FOREIGN_FLAGS.filter(({ flag, same }) => {
    const value = given[camelCase(flag)]
    // Commander reads "--no-x" as x being false.
    const isGiven = flag.startsWith('no-') ? given[camelCase(flag.slice(3))] === false : value !== undefined
    return isGiven && (same === undefined || value !== same)
  })
  for (const { flag, isRefused, because } of used)
    if (isRefused === true)
      throw new SluiceError('unsupported-option', `--${flag} cannot be used: ${because}.`)
  return used.map(({ flag, because }) => `--${flag} has no effect: ${because}.`)
}

const camelCase = (flag: string): string =>
  flag.replaceAll(/-([a-z])/g, (_, letter: string) => letter.toUpperCase())
