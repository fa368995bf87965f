import { openFiles } from '../files/open-files.ts'
import type { Format } from '../files/format.ts'
import type { Open } from '../open.ts'

const parquet: Format = {
  name: 'parquet',
  extension: '.parquet',
  copyOptions: () => 'format parquet, compression zstd',
  scan: (paths, _, fileColumn) =>
    `read_parquet([${paths.join(', ')}], filename = ${fileColumn}, hive_partitioning = false)`,
}

export const open: Open = (uri, engine) => openFiles(parquet, uri, engine)
