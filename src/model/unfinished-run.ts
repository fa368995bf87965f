import type { EpochSeconds, Window } from './time.ts'

/**
 * A run that was begun and has not ended. Its coverage was cut back by the lookback when it began; when it is killed
 * and the same is demanded again, it goes on instead of looking back a second time.
 */
export type UnfinishedRun = Readonly<{
  startedAt: EpochSeconds
  /** What the user asked for, as far as it decides what is read. */
  demand: string
  /** What was covered before and is read again. */
  reread: readonly Window[]
}>
