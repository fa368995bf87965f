import type { Rate } from '../../model/table.ts'
import type { StatedLimit } from './rate-headers.ts'

/** Whose limit a request spends, and the limit as far as it is known beforehand. */
export type Budget = Readonly<{ key: string; rate: Rate; label: string }>

/** What one request says about waiting for its budget. */
export type Waiting = Readonly<{
  /** The longest wait worth sitting through, milliseconds; default: the governor's. */
  maxWaitMs?: number
  /** Told once that a wait of seconds lies ahead, by one of those who wait for it. Must not throw. */
  onWait?: (waitMs: number) => void
}>

/** What an answer says about its budget. */
export type Report = Readonly<{
  limits?: readonly StatedLimit[]
  /** Status 429: nobody may send before this much time has passed. */
  throttledForMs?: number
}>

/** Leave to send one request. */
export interface Permit {
  /**
   * To be called once the status line is here, or once there will be none. Until then the request may reach
   * Klaviyo at any moment and counts in full. Calling it again does nothing.
   */
  settle(report?: Report): void
}

/** What became of one budget, for the summary of a run. */
export type Usage = Readonly<{
  requests: number
  /** Answers with status 429. */
  throttled: number
  /** Requests ÷ what the steady limit allows from first to last request; 0..1. */
  limitShare: number
  /** Requests that wait for leave at this moment. */
  waiting: number
}>
