/** One response body on disk, as received. */
export type LandedFile = Readonly<{
  file: string
  encoding: 'identity' | 'gzip'
  /** When the response came, in milliseconds since 1970: the later page wins between equal rows. */
  receivedAtMs: number
}>
