import type { TargetRequest } from '../target.ts'
import type { LoadMode } from './load-plan.ts'

/** How a batch becomes rows: of the target, or of what is gathered aside of it. */
export function modeOf(
  { strategy, cursor, anew }: Pick<TargetRequest, 'strategy' | 'cursor' | 'anew'>,
  { isAside }: Readonly<{ isAside: boolean }>,
): LoadMode {
  if (cursor !== null) {
    if (strategy === 'append') return 'append'
    return strategy === 'delete+insert' && !anew ? 'delete+insert' : 'merge'
  }
  // A part of a snapshot says nothing of what is missing in it.
  if (isAside) return 'merge'
  if (strategy === 'append') return anew ? 'renew' : 'append'
  return anew || strategy === 'delete+insert' ? 'renew' : 'snapshot'
}

/** How what was gathered aside takes its place. */
export const completionOf = (request: Pick<TargetRequest, 'strategy' | 'cursor' | 'anew'>): LoadMode =>
  request.cursor === null ? modeOf(request, { isAside: false }) : 'renew'
