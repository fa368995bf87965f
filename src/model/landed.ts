/** One response body on disk, as received, and what was found out about it while it was in hand. */
export type LandedFile = Readonly<{
  file: string
  encoding: 'identity' | 'gzip'
  /** When the response came, in milliseconds since 1970: the later page wins between equal rows. */
  receivedAtMs: number
  /** Resources in `data`, exactly: the engine must find as many, or the page does not count as read. */
  rows: number
  /** Whether it holds numbers that DuckDB would not give back digit by digit. */
  needsMending: boolean
  /** CRC-32 of the file, which tells a page from another of the same size. */
  crc32: number
}>
