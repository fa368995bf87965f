import { Readable } from 'node:stream'
import type { Dispatcher } from 'undici'
import { abortReason, onAbort, throwIfAborted } from '../../util/abort.ts'
import type { Clock } from '../../util/clock.ts'
import { openConnections } from '../../util/connections.ts'
import type { Proxies } from '../../util/proxies.ts'
import { readBody, type Body, type BodyBounds } from './body.ts'
import { NetworkFault } from './network-fault.ts'
import { watchdog } from './watchdog.ts'

/** What came back, whatever it says. */
export type Reply = Body &
  Readonly<{
    status: number
    headers: Headers
    latencyMs: number
    receivedAtMs: number
  }>

/** Names in lower case. */
export type Headers = Readonly<Record<string, string | undefined>>

export type Timeouts = Readonly<{
  /** From sending to the status line. */
  headersMs: number
  /** How often a body is looked at whether enough of it has come; see BodyBounds. */
  bodyIdleMs: number
  /** A wait for an answer, or for the rest of one, is told when it is longer than this. */
  noticeMs: number
}>

export type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE'

export type Call = Readonly<{
  method: Method
  /** Path and query as they are sent. */
  target: string
  headers: Readonly<Record<string, string>>
  /** Null: none. */
  body: Buffer | null
  signal: AbortSignal
  /** The status line and headers are here; the body is still to come. */
  onHead: (status: number, headers: Headers) => void
  /** It takes long: what does, as a phrase, and how long it may still take. */
  onSlow: (what: string, leftMs: number) => void
}>

export interface Transport extends AsyncDisposable {
  /** One request, one reply. Rejects with a NetworkFault, or with the signal's reason. */
  send(call: Call): Promise<Reply>
}

export type TransportOptions = Readonly<{
  origin: string
  clock: Clock
  timeouts: Timeouts
  bounds: BodyBounds
  /** Ours to close when it was not given. */
  dispatcher: Dispatcher | undefined
  proxies: Proxies | null
  connections: number
}>

export function createTransport({
  origin,
  dispatcher,
  proxies,
  connections,
  ...rest
}: TransportOptions): Transport {
  // Loading undici takes some 70 ms: begun here, it overlaps with whatever is done before the first request.
  const opened = dispatcher === undefined ? openConnections({ proxies, connections }) : null
  opened?.catch(() => undefined) // reported by the first request
  return {
    send: async (call) => {
      throwIfAborted(call.signal)
      const cut = new AbortController()
      using _ = onAbort(call.signal, () => cut.abort(abortReason(call.signal)))
      const sending = { begun: call.body === null }
      try {
        const over = dispatcher ?? (await opened)?.to(origin)
        if (over === undefined) throw new NetworkFault('no connections', { retry: 'no' })
        return await exchange({ ...rest, dispatcher: over, origin, call, cut, sending })
      } catch (error) {
        throwIfAborted(call.signal)
        // A timeout shows as the reason that the request was cut with.
        const fault = NetworkFault.of(cut.signal.aborted ? cut.signal.reason : error)
        throw sending.begun ? fault : fault.unsent()
      }
    },
    [Symbol.asyncDispose]: async () => (await opened)?.[Symbol.asyncDispose](),
  }
}

type Exchange = Readonly<{
  dispatcher: Dispatcher
  origin: string
  clock: Clock
  timeouts: Timeouts
  bounds: BodyBounds
  call: Call
  cut: AbortController
  sending: { begun: boolean }
}>

async function exchange(exchange: Exchange): Promise<Reply> {
  const { clock, timeouts, bounds, call, cut } = exchange
  const sentMs = clock.now()
  const { statusCode, headers: received, body: stream } = await answerTo(exchange)
  const headers = flat(received)
  call.onHead(statusCode, headers)
  using _ = watchdog(clock, timeouts.noticeMs, () =>
    call.onSlow(`the answer has been coming for ${seconds(timeouts.noticeMs)}`, timeouts.bodyIdleMs),
  )
  const encoding = encodingOf(headers['content-encoding'])
  const spanMs = timeouts.bodyIdleMs
  const body = await readBody(stream, { encoding, bounds, spanMs, clock, cut })
  const receivedAtMs = clock.now()
  return { ...body, status: statusCode, headers, latencyMs: receivedAtMs - sentMs, receivedAtMs }
}

/** Sends, and waits for the status line. */
async function answerTo({
  dispatcher,
  origin,
  clock,
  timeouts: { headersMs, noticeMs },
  call,
  cut,
  sending,
}: Exchange): Promise<Dispatcher.ResponseData> {
  using _limit = watchdog(clock, headersMs, () => cut.abort(NetworkFault.silence(headersMs)))
  using _notice = watchdog(clock, noticeMs, () =>
    call.onSlow(`no answer for ${seconds(noticeMs)}`, headersMs - noticeMs),
  )
  return await dispatcher.request({
    origin,
    path: call.target,
    method: call.method,
    headers: {
      ...call.headers,
      ...(call.body === null ? {} : { 'content-length': String(call.body.length) }),
    },
    body: call.body === null ? null : Readable.from(pieceOf(call.body, sending)),
    signal: cut.signal,
    headersTimeout: 0,
    bodyTimeout: 0,
  })
}

/** A body as a stream is first asked for when there is a connection to write it to: so it is known whether it left. */
function* pieceOf(body: Buffer, sending: { begun: boolean }): Generator<Buffer> {
  sending.begun = true
  yield body
}

function encodingOf(header: string | undefined): Reply['encoding'] {
  if (header === undefined || header === '' || header === 'identity') return 'identity'
  if (header === 'gzip' || header === 'x-gzip') return 'gzip'
  throw new NetworkFault(`an answer in the encoding "${header}", which was not asked for`, { retry: 'yes' })
}

const seconds = (ms: number): string => `${ms / 1_000} s`

const flat = (headers: Readonly<Record<string, string | string[] | undefined>>): Headers =>
  Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : value]),
  )
