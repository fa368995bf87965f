/** What one call may be told. */
export type ClientRequest = Readonly<{
  /** `/api/events` */
  path: string
  /** Decoded pairs; the client encodes them. */
  query: readonly (readonly [string, string])[]
  /** Who pays: requests of one key share one budget. */
  budget: string
  signal: AbortSignal
}>

export type ClientResponse = Readonly<{
  /** The body as received, still compressed when `encoding` says so. */
  raw: Buffer
  encoding: 'identity' | 'gzip'
  /** The body as text bytes (the same buffer as `raw` where it came uncompressed). */
  body: Buffer
  latencyMs: number
  receivedAtMs: number
}>
