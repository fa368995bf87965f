import { cover, gaps, uncover } from '../../model/coverage.ts'
import type { Coverage, PassCovered } from '../../model/coverage.ts'
import type { Window } from '../../model/time.ts'

/**
 * What every pass covers. A row does not say which pass it came from, so that only there can rows be known to
 * have vanished.
 */
export function windowsOfAllPasses(
  covered: readonly PassCovered[],
  passes: readonly string[],
): readonly Window[] {
  const [first, ...others] = passes.map((pass) => coverageOf(covered, pass))
  return (first ?? [])
    .flatMap((window) =>
      others.reduce<Coverage>(
        (left, other) => gaps(other, window).reduce<Coverage>((rest, gap) => uncover(rest, gap), left),
        [window],
      ),
    )
    .map(({ from, to }) => ({ from, to }))
}

const coverageOf = (covered: readonly PassCovered[], pass: string): Coverage =>
  covered.filter((part) => part.pass === pass).reduce<Coverage>((sum, { window }) => cover(sum, window), [])
