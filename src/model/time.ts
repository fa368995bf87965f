/**
 * UTC seconds since 1970, an integer. Klaviyo filters by whole seconds (fractions are cut), so every edge of
 * a window is one; values inside rows keep the precision they came with.
 */
export type EpochSeconds = number

/** Half-open: `from <= t < to`. */
export type Window = Readonly<{ from: EpochSeconds; to: EpochSeconds }>

/** `2026-01-31T12:00:00Z`: the spelling of an instant that every Klaviyo endpoint accepts. */
export const isoSeconds = (at: EpochSeconds): string => `${new Date(at * 1000).toISOString().slice(0, 19)}Z`
