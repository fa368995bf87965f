import { badInput, notFound, type Problem } from './errors.ts'

/** Every stable revision, in order (history of Klaviyo's OpenAPI repository). */
export const revisions = [
  '2022-10-17',
  '2022-12-15',
  '2023-01-24',
  '2023-02-22',
  '2023-06-15',
  '2023-07-15',
  '2023-08-15',
  '2023-09-15',
  '2023-10-15',
  '2023-12-15',
  '2024-02-15',
  '2024-05-15',
  '2024-06-15',
  '2024-07-15',
  '2024-10-15',
  '2025-01-15',
  '2025-04-15',
  '2025-07-15',
  '2025-10-15',
  '2026-01-15',
  '2026-04-15',
  '2026-07-15',
] as const

const newest = revisions.at(-1) ?? ''
const YEARS_SERVED = 2

/** A revision is served for two years after its release. */
export const retiresOn = (revision: string): string =>
  `${Number(revision.slice(0, 4)) + YEARS_SERVED}${revision.slice(4)}`

/**
 * Whether a `revision` header is served at that moment; null when it is. `serveRetired` keeps old clients going: some
 * tools pin a revision whose two years are over.
 */
export function checkRevision(
  revision: string | undefined,
  nowMs: number,
  serveRetired: boolean,
): Problem | null {
  if (revision === undefined || revision === '') {
    return badInput('/data/', 'The revision header is required. Use the format YYYY-MM-DD.')
  }
  if (!/^\d{4}-\d{2}-\d{2}$/.test(revision) || Number.isNaN(Date.parse(revision))) {
    return badInput('/data/', `Invalid revision "${revision}". Use the format YYYY-MM-DD.`)
  }
  const today = new Date(nowMs).toISOString().slice(0, 10)
  if (revision > today || revision > newest) {
    return notFound('Unable to specify a future revision date')
  }
  const served = revisions.filter((each) => serveRetired || retiresOn(each) > today)
  const [earliest] = served
  if (earliest !== undefined && revision < earliest) {
    return badInput(
      '/data/',
      `The revision ${revision} is before the earliest available revision. Use a date on or after ${earliest}.`,
    )
  }
  if (!served.some((each) => each === revision)) {
    return badInput('/data/', `The revision ${revision} is not a valid revision.`)
  }
  return null
}
