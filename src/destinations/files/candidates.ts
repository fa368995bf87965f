import type { Batch, TargetRequest } from '../target.ts'
import type { LoadMode } from '../sql/load-plan.ts'
import { windowsOfAllPasses } from '../sql/windows-of-all-passes.ts'
import type { DataFile, Manifest } from './manifest.ts'
import { isWithin, monthsOf, monthSql } from './months.ts'
import type { Months } from './months.ts'
import type { Opened } from './opened.ts'

type CandidatesRequest = Pick<TargetRequest, 'account' | 'cursor' | 'passes'> &
  Pick<Batch, 'covered' | 'mayHold'> &
  Readonly<{ mode: LoadMode; staged: string }>

/**
 * The files in which rows of a batch may be, or rows that it takes away; null: all of the account's are to be replaced.
 * A row that keeps its time is in its month and nowhere else.
 */
export async function candidatesOf(
  opened: Opened,
  { files, monthOf }: Manifest,
  request: CandidatesRequest,
): Promise<readonly DataFile[] | null> {
  const { mode, account, cursor, mayHold } = request
  if (mode === 'renew') return null
  const own = files.filter((file) => file.account === account && file.rows > 0)
  if (cursor === null || !cursor.fixed || monthOf !== cursor.column || own.length === 0) return own
  const held = mayHold === null ? await monthsOfStage(opened, request.staged, monthOf) : mayHold.map(monthsOf)
  const emptied =
    mode === 'delete+insert' ? windowsOfAllPasses(request.covered, request.passes).map(monthsOf) : []
  return own.filter(({ month }) => isWithin(month, [...held, ...emptied]))
}

async function monthsOfStage(
  { session, dialect }: Opened,
  staged: string,
  cursor: string,
): Promise<readonly Months[]> {
  const name = dialect.quote(cursor)
  const [[first, last] = []] = await session.query(
    `select ${monthSql(`min(${name})`)}, ${monthSql(`max(${name})`)} from ${staged}`,
  )
  return typeof first === 'string' && typeof last === 'string' ? [{ first, last }] : []
}
