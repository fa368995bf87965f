import { inflate, TooLarge } from '../../util/inflate.ts'
import type { Clock } from '../../util/clock.ts'
import { NetworkFault } from './network-fault.ts'
import { pacer } from './watchdog.ts'

/** What a body may be. Klaviyo's largest pages have a few megabytes. */
export type BodyBounds = Readonly<{
  /** As received, and inflated too. Beyond that it is no page, and memory is at stake. */
  maxBytes: number
  /** What has to come in every stretch of `bodyIdleMs` until the body is complete. */
  leastBytes: number
}>

export const BODY_BOUNDS: BodyBounds = { maxBytes: 256 * 1024 * 1024, leastBytes: 16 * 1024 }

export type Body = Readonly<{ raw: Buffer; encoding: 'identity' | 'gzip'; body: Buffer }>

export type BodyReading = Readonly<{
  encoding: Body['encoding']
  bounds: BodyBounds
  spanMs: number
  clock: Clock
  /** Ends the request when the body comes too slowly. */
  cut: AbortController
}>

/** Reads a body to its end. Rejects with a NetworkFault where it is larger than it may be. */
export async function readBody(
  stream: AsyncIterable<Buffer>,
  { encoding, bounds, spanMs, clock, cut }: BodyReading,
): Promise<Body> {
  const pieces: Buffer[] = []
  let bytes = 0
  using _ = pacer(clock, {
    spanMs,
    least: bounds.leastBytes,
    came: () => bytes,
    bark: (came) => cut.abort(NetworkFault.slowness(came, spanMs)),
  })
  for await (const piece of stream) {
    bytes += piece.length
    if (bytes > bounds.maxBytes) throw NetworkFault.size(bounds.maxBytes)
    pieces.push(piece)
  }
  const raw = Buffer.concat(pieces)
  return { raw, encoding, body: encoding === 'gzip' ? await inflated(raw, bounds.maxBytes) : raw }
}

async function inflated(raw: Buffer, maxBytes: number): Promise<Buffer> {
  try {
    return await inflate(raw, maxBytes)
  } catch (error) {
    throw error instanceof TooLarge ? NetworkFault.size(maxBytes) : error
  }
}
