import { createHash } from 'node:crypto'

/** Something that goes wrong with one answer. */
export type Fault =
  | Readonly<{ kind: 'status'; status: 500 | 502 | 503 | 504 | 524 }>
  /** 403 with an HTML page, as a bot filter in front of the API sends. */
  | Readonly<{ kind: 'challenge' }>
  | Readonly<{ kind: 'throttle'; retryAfterSeconds: number }>
  /** The connection is cut before, or (at this fraction) within, the body. */
  | Readonly<{ kind: 'reset'; at: number | 'before' }>
  /** The body trickles in over that time. */
  | Readonly<{ kind: 'slow'; overMs: number }>
  /** The answer ends properly, but its JSON does not: cut at this fraction. */
  | Readonly<{ kind: 'truncated'; at: number }>
  /** No rows, but a link to the next page, which has them. */
  | Readonly<{ kind: 'empty page' }>
  /** This share of the rows that were asked for; the next page goes on from there. */
  | Readonly<{ kind: 'short page'; share: number }>
  /** Never answered; the connection stays open. */
  | Readonly<{ kind: 'hang' }>
  /** Anything at all. */
  | Readonly<{ kind: 'answer'; status: number; headers?: Readonly<Record<string, string>>; body: string }>

export type FaultLevel = 'none' | 'mild' | 'harsh'

/** The share of requests that meet each fault. */
export const faultRates: Readonly<Record<FaultLevel, readonly (readonly [share: number, fault: Fault])[]>> = {
  none: [],
  mild: [
    [0.004, { kind: 'status', status: 503 }],
    [0.002, { kind: 'status', status: 500 }],
    [0.001, { kind: 'status', status: 504 }],
    [0.002, { kind: 'reset', at: 'before' }],
    [0.001, { kind: 'reset', at: 0.5 }],
    [0.005, { kind: 'slow', overMs: 300 }],
    [0.002, { kind: 'empty page' }],
    [0.005, { kind: 'short page', share: 0.5 }],
  ],
  harsh: [
    [0.03, { kind: 'status', status: 503 }],
    [0.02, { kind: 'status', status: 500 }],
    [0.01, { kind: 'status', status: 504 }],
    [0.005, { kind: 'status', status: 524 }],
    [0.005, { kind: 'challenge' }],
    [0.02, { kind: 'reset', at: 'before' }],
    [0.02, { kind: 'reset', at: 0.5 }],
    [0.01, { kind: 'reset', at: 0.99 }],
    [0.03, { kind: 'slow', overMs: 500 }],
    [0.02, { kind: 'truncated', at: 0.7 }],
    [0.03, { kind: 'empty page' }],
    [0.05, { kind: 'short page', share: 0.3 }],
    [0.002, { kind: 'hang' }],
  ],
}

/** 503 that only the costly attributes of profiles meet, on top of the rest. */
const COSTLY_SHARE: Readonly<Record<FaultLevel, number>> = { none: 0, mild: 0.02, harsh: 0.15 }

/** Decides what befalls the n-th request. The same seed gives the same sequence. */
export function faultPlan(
  level: FaultLevel,
  seed: number,
): (request: number, isCostly: boolean) => Fault | null {
  return (request, isCostly) => {
    if (level === 'none') return null
    const hash = createHash('sha256').update(`${seed} ${request}`).digest()
    if (isCostly && hash.readUInt32LE(4) / 2 ** 32 < COSTLY_SHARE[level])
      return { kind: 'status', status: 503 }
    let left = hash.readUInt32LE(0) / 2 ** 32
    for (const [share, fault] of faultRates[level]) {
      if (left < share) return fault
      left -= share
    }
    return null
  }
}
