/** What follows the options in the help of each command. */

export const INGEST_HELP = `
Flags of ingestr that only tune have no effect (--page-size, --loader-file-size, …). Those that would
change what is loaded are refused (--sql-limit, --columns, --mask, …).

Examples:
  Events since 2022 into a DuckDB file:
  $ sluice ingest --source-uri 'klaviyo://?api_key=pk_…' --source-table events \\
      --dest-uri duckdb:///shop.duckdb --dest-table klaviyo.events --interval-start 2022-01-01

  Several tables, the key in the environment:
  $ export KLAVIYO_API_KEY=pk_…
  $ sluice ingest --source-uri klaviyo:// --source-table profiles,lists,segments \\
      --dest-uri duckdb:///shop.duckdb --dest-table 'klaviyo.*'

  Everything into PostgreSQL, progress as JSON for a program:
  $ sluice ingest --source-uri klaviyo:// --source-table '*' \\
      --dest-uri postgresql://me@localhost/shop --dest-table 'klaviyo.*' --progress json

  Once a week, mark what was deleted at Klaviyo (for events, in an interval):
  $ sluice ingest --source-uri klaviyo:// --source-table profiles,campaigns,flows,lists,segments \\
      --dest-uri duckdb:///shop.duckdb --dest-table 'klaviyo.*' --reconcile

Run the same command again, and it reads only what is missing. One that was stopped or killed goes on.
For cron: --quiet tells only what went wrong, and one line at the end.

Exit codes: 0 all done · 1 some tables failed · 2 wrong usage · 3 key or permissions · 130 stopped`

export const ESTIMATE_HELP = `
It asks Klaviyo for up to 20 pages of each table, and takes all flags of "sluice ingest".

Examples:
  $ sluice estimate --source-uri 'klaviyo://?api_key=pk_…' --source-table events --interval-start 2022-01-01

  What the next run would take:
  $ sluice estimate --source-uri klaviyo:// --source-table '*' \\
      --dest-uri duckdb:///shop.duckdb --dest-table 'klaviyo.*'

  $ sluice estimate --source-uri klaviyo:// --source-table profiles --full-refresh --json`

export const TABLES_HELP = `
Examples:
  $ sluice tables
  $ sluice tables events
  $ sluice tables profiles --json`

export const RENAME_ACCOUNT_HELP = `
Rows of every table that sluice has loaded, and what it remembers of them, get the new name, all in one
step. What a stopped run of the account has gathered is thrown away and read anew. Without --yes it says
what would be changed, and changes nothing.

Examples:
  An account that was loaded without a name gets one, which it is read under from then on:
  $ sluice ingest --source-uri 'klaviyo://?api_key=pk_…' --source-table lists \\
      --dest-uri duckdb:///shop.duckdb --dest-table klaviyo.lists
  $ sluice rename-account --dest-uri duckdb:///shop.duckdb --from AbC123 --to shop_eu --yes
  $ sluice ingest --source-uri 'klaviyo://?api_key=pk_…&account=shop_eu' --source-table lists \\
      --dest-uri duckdb:///shop.duckdb --dest-table klaviyo.lists`

export const SANDBOX_HELP = `
Examples:
  $ sluice sandbox
  $ sluice sandbox --events 1000000 --profiles 50000 --latency 300 --faults mild`

export const DEMO_HELP = `
Example:
  $ sluice demo --dir /tmp/demo`

export const MAIN_HELP = `
Begin with:
  $ sluice demo                   the whole story, without an account
  $ sluice ingest --help          flags and examples of the main command
  $ sluice tables                 what can be read`
