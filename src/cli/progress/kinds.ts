/** What `--progress` takes. */
export const PROGRESS_KINDS = ['interactive', 'log', 'json'] as const
export type ProgressKind = (typeof PROGRESS_KINDS)[number]
