/** Reads one stream of a table, page after page. What to ask for is decided elsewhere. */
import { SluiceError } from '../model/errors.ts'
import type { Table } from '../model/table.ts'
import type { EpochSeconds } from '../model/time.ts'
import { needsMending } from '../util/json-mending.ts'
import type { Client, ClientResponse } from './http/client.ts'
import { targetOf } from './http/target.ts'
import { AskAnew, type Query } from './read/ask-anew.ts'
import { readEnds } from './read/envelope-ends.ts'
import { readWhole, type Envelope, type EnvelopeShape } from './read/envelope.ts'
import { CircleGuard, nextQuery } from './read/next-link.ts'
import { rateClassOf } from './read/rate-class.ts'

/** One response. */
export type Page = Readonly<{
  /** The body as received. */
  raw: Buffer
  encoding: 'identity' | 'gzip'
  /** The body inflated; the same buffer as `raw` where it came uncompressed. */
  body: Buffer
  /**
   * How many resources the page has, exactly: whoever loads it must find as many. Duplicates and rows beyond the
   * window that was asked for are counted too.
   */
  rows: number
  /** Whether the body must be rewritten before it can be loaded without loss; see util/json-mending.ts. */
  needsMending: boolean
  /** The cursor's value in the first resource, as the text that came; null without cursor or rows. */
  firstCursor: string | null
  lastCursor: string | null
  /** The link to the next page, verbatim; null on the last one. */
  next: string | null
  /** Size of the body as received. */
  bytes: number
  /** The same of the body inflated. */
  bodyBytes: number
  latencyMs: number
  receivedAtMs: number
}>

export type ReadRequest = Readonly<{
  table: Table
  /** Decoded pairs of the first request. */
  query: Query
  /** The same for the rows from that second on; null: the stream has no window. */
  since: ((from: EpochSeconds) => Query) | null
  signal: AbortSignal
}>

/**
 * Yields pages as they are pulled; nothing is asked for before. It ends with the page that has no next link,
 * be pages in between empty or not. Where Klaviyo refuses its own next link, rows may come a second time (see
 * ask-anew.ts). Rejects with a SluiceError, or with the signal's reason.
 */
export async function* readPages(
  client: Client,
  { table, query: first, since, signal }: ReadRequest,
): AsyncGenerator<Page, void, undefined> {
  const shape = shapeOf(table)
  const anew = new AskAnew({ table, first, since })
  let query: string | Query = first
  let circle = circleFrom(table, first)
  for (;;) {
    const answer = await pageAt(client, { table, query, first, shape, signal }).catch(refusalOf)
    if (answer instanceof SluiceError) {
      // A question without a cursor cannot be refused for one.
      if (typeof query !== 'string') throw answer
      query = anew.after(answer)
      circle = circleFrom(table, query)
      continue
    }
    const { envelope, response } = answer
    const { raw, body, encoding, latencyMs, receivedAtMs } = response
    anew.note(envelope, receivedAtMs)
    yield {
      ...envelope,
      raw,
      encoding,
      body,
      needsMending: needsMending(body),
      bytes: raw.length,
      bodyBytes: body.length,
      latencyMs,
      receivedAtMs,
    }
    if (envelope.next === null) return
    query = nextQuery({ next: envelope.next, origin: client.origin, path: table.path, table: table.name })
    circle.check(query, envelope.rows === 0)
  }
}

type Asked = Readonly<{
  table: Table
  query: string | Query
  first: Query
  shape: EnvelopeShape
  signal: AbortSignal
}>

async function pageAt(
  client: Client,
  { table, query, first, shape, signal }: Asked,
): Promise<Readonly<{ envelope: Envelope; response: ClientResponse }>> {
  const { rate, name: rateClass } = rateClassOf(table, first)
  const found: { envelope: Envelope | null } = { envelope: null }
  const response = await client.get({
    path: table.path,
    query,
    rate,
    rateClass,
    table,
    check: (body) => {
      found.envelope = readEnds(body, shape) ?? readWhole(body, shape)
    },
    signal,
  })
  if (found.envelope === null) throw new SluiceError('bug', 'A page was taken unseen.')
  return { envelope: found.envelope, response }
}

function refusalOf(error: unknown): SluiceError {
  if (error instanceof SluiceError && error.code === 'link-refused') return error
  throw error
}

const circleFrom = (table: Table, query: Query): CircleGuard =>
  new CircleGuard(table.name, targetOf('', query).slice(1))

const shapeOf = ({ type, cursor, paging, columns }: Table): EnvelopeShape => ({
  type,
  cursorField: cursor?.field ?? null,
  paged: paging.kind !== 'none',
  hasAttributes: columns.some(({ path }) => path[0] === 'attributes'),
})
