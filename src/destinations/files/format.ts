import type { StageColumn } from '../../model/stage.ts'

/*
 * Everything that knows folders of files; nothing that knows Klaviyo or a server. A table is a folder with a manifest
 * (`manifest.ts`) that names the files that count; `commit.ts` makes one manifest follow another; `work.ts` finds out
 * with DuckDB what a batch changes, by the same plans and statements as in a database; `write.ts` writes files. A
 * folder per format holds its facts.
 */

/** Facts of one file format. */
export type Format = Readonly<{
  /** Also the scheme of its URIs. */
  name: string
  /** What the names of files end in: `.parquet`. */
  extension: string
  /** Options of `copy … to` for files of these columns, in DuckDB's words. */
  copyOptions(columns: readonly StageColumn[]): string
  /**
   * A relation with the rows of files that all have these columns, for a `from` clause.
   * @param paths of the files, as SQL text literals
   * @param fileColumn name, quoted, of one more column: the path of the file that a row is in
   */
  scan(paths: readonly string[], columns: readonly StageColumn[], fileColumn: string): string
}>
