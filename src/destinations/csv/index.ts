import { quoteIdentifier, quoteLiteral } from '../../engine/quote.ts'
import type { StageColumn } from '../../model/stage.ts'
import { duckDbTypes } from '../duckdb/dialect.ts'
import { openFiles } from '../files/open-files.ts'
import type { Format } from '../files/format.ts'
import type { Open } from '../open.ts'

/** Texts are always quoted, so that an empty one (`""`) differs from null (nothing), for those who can tell them apart. */
function written(columns: readonly StageColumn[]): string {
  const texts = columns
    .filter(({ type }) => type === 'text' || type === 'json')
    .map(({ name }) => quoteIdentifier(name))
  return `format csv, compression gzip, header true, delimiter ',', quote '"', escape '"', nullstr '', force_quote (${texts.join(', ')})`
}

const csv: Format = {
  name: 'csv',
  extension: '.csv.gz',
  copyOptions: written,
  scan: (paths, columns, fileColumn) => {
    const types = columns.map(({ name, type }) => `${quoteLiteral(name)}: ${quoteLiteral(duckDbTypes[type])}`)
    // Nothing is guessed. A line may be as long as a batch's longest row: DuckDB's default is 2 MB.
    return `read_csv([${paths.join(', ')}], columns = {${types.join(', ')}}, auto_detect = false, header = true,
  delim = ',', quote = '"', escape = '"', nullstr = '', allow_quoted_nulls = false, compression = 'gzip',
  max_line_size = 16000000, buffer_size = 32000000, filename = ${fileColumn}, hive_partitioning = false)`
  },
}

export const open: Open = (uri, engine) => openFiles(csv, uri, engine)
