import type { Dispatcher } from 'undici'
import { abortReason, onAbort, throwIfAborted } from '../../util/abort.ts'
import type { Clock } from '../../util/clock.ts'
import { inflate } from '../../util/inflate.ts'
import { NetworkFault } from './network-fault.ts'
import { watchdog } from './watchdog.ts'

/** What came back, whatever it says. */
export type Reply = Readonly<{
  status: number
  headers: Headers
  raw: Buffer
  encoding: 'identity' | 'gzip'
  body: Buffer
  latencyMs: number
  receivedAtMs: number
}>

/** Names in lower case. */
export type Headers = Readonly<Record<string, string | undefined>>

export type Timeouts = Readonly<{
  /** From sending to the status line. */
  headersMs: number
  /** Between two pieces of the body. */
  bodyIdleMs: number
}>

export type Call = Readonly<{
  /** Path and query as they are sent. */
  target: string
  headers: Readonly<Record<string, string>>
  signal: AbortSignal
  /** The status line and headers are here; the body is still to come. */
  onHead: (status: number, headers: Headers) => void
}>

export interface Transport extends AsyncDisposable {
  /** One request, one reply. Rejects with a NetworkFault, or with the signal's reason. */
  send(call: Call): Promise<Reply>
}

export type TransportOptions = Readonly<{
  origin: string
  clock: Clock
  timeouts: Timeouts
  /** Ours to close when it was not given. */
  dispatcher: Dispatcher | undefined
  connections: number
}>

export function createTransport({ origin, clock, timeouts, ...options }: TransportOptions): Transport {
  // Loading undici takes some 70 ms: begun here, it overlaps with whatever is done before the first request.
  const opening = options.dispatcher ?? openDispatcher(options.connections)
  const opened = Promise.resolve(opening)
  opened.catch(() => undefined) // reported by the first request
  return {
    send: async (call) => {
      throwIfAborted(call.signal)
      const cut = new AbortController()
      using _ = onAbort(call.signal, () => cut.abort(abortReason(call.signal)))
      try {
        return await exchange({ dispatcher: await opened, origin, clock, timeouts, call, cut })
      } catch (error) {
        throwIfAborted(call.signal)
        // A timeout shows as the reason that the request was cut with.
        throw NetworkFault.of(cut.signal.aborted ? cut.signal.reason : error)
      }
    },
    [Symbol.asyncDispose]: async () => {
      if (options.dispatcher === undefined) await (await opened).destroy()
    },
  }
}

async function openDispatcher(connections: number): Promise<Dispatcher> {
  const { Agent } = await import('undici')
  // Timeouts are ours, by the clock that everything else goes by.
  return new Agent({ connections, pipelining: 1, headersTimeout: 0, bodyTimeout: 0 })
}

type Exchange = Readonly<{
  dispatcher: Dispatcher
  origin: string
  clock: Clock
  timeouts: Timeouts
  call: Call
  cut: AbortController
}>

async function exchange({ dispatcher, origin, clock, timeouts, call, cut }: Exchange): Promise<Reply> {
  const sentMs = clock.now()
  const waiting = watchdog(clock, timeouts.headersMs, () =>
    cut.abort(NetworkFault.silence('answer', timeouts.headersMs)),
  )
  using _ = waiting
  const {
    statusCode,
    headers: received,
    body: stream,
  } = await dispatcher.request({
    origin,
    path: call.target,
    method: 'GET',
    headers: { ...call.headers },
    signal: cut.signal,
    headersTimeout: 0,
    bodyTimeout: 0,
  })
  waiting[Symbol.dispose]()
  const headers = flat(received)
  call.onHead(statusCode, headers)
  const reading = watchdog(clock, timeouts.bodyIdleMs, () =>
    cut.abort(NetworkFault.silence('body', timeouts.bodyIdleMs)),
  )
  using _reading = reading
  const pieces: Buffer[] = []
  for await (const piece of stream as AsyncIterable<Buffer>) {
    pieces.push(piece)
    reading.touch()
  }
  const raw = Buffer.concat(pieces)
  const encoding = encodingOf(headers['content-encoding'])
  const body = encoding === 'gzip' ? await inflate(raw) : raw
  const receivedAtMs = clock.now()
  return { status: statusCode, headers, raw, encoding, body, latencyMs: receivedAtMs - sentMs, receivedAtMs }
}

function encodingOf(header: string | undefined): Reply['encoding'] {
  if (header === undefined || header === '' || header === 'identity') return 'identity'
  if (header === 'gzip' || header === 'x-gzip') return 'gzip'
  throw new NetworkFault(`an answer in the encoding "${header}", which was not asked for`, { retry: 'yes' })
}

const flat = (headers: Readonly<Record<string, string | string[] | undefined>>): Headers =>
  Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : value]),
  )
