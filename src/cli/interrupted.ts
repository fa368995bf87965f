/** Ctrl-C is no failure: everything that was committed is kept. */
export const INTERRUPTED = 'Stopped. What was loaded is kept; run the same command again to go on from here.'
