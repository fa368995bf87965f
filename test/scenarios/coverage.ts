import { query } from './truth.ts'

/** An interval that the destination says it holds, as UTC text: `2025-01-01 00:00:00`. */
export type CoverageRow = Readonly<{ pass: string; from: string; to: string; readAt: string }>

/** What the destination says is covered of a table, in order. */
export async function coverageOf(file: string, sourceTable: string): Promise<readonly CoverageRow[]> {
  const rows = await query(
    file,
    `select pass, strftime(from_at, '%Y-%m-%d %H:%M:%S') as "from", strftime(to_at, '%Y-%m-%d %H:%M:%S') as "to",
  strftime(read_at, '%Y-%m-%d %H:%M:%S') as "readAt"
from _sluice.coverage
where source_table = '${sourceTable}'
order by pass, from_at`,
  )
  return rows.map(({ pass, from, to, readAt }) => ({
    pass: pass ?? '',
    from: from ?? '',
    to: to ?? '',
    readAt: readAt ?? '',
  }))
}

/** Only the edges. */
export const edgesOf = async (
  file: string,
  sourceTable: string,
): Promise<readonly (readonly [string, string])[]> =>
  (await coverageOf(file, sourceTable)).map(({ from, to }) => [from, to] as const)
