import type { TableRun } from './table-run.ts'

/**
 * The columns that the table has already beyond the declared ones and sluice's own: they count towards the limit on
 * new columns, and stay what they are.
 */
export async function noteKnownColumns({ target, job, found }: TableRun): Promise<void> {
  noteFound({ job, found }, (await target.state()).columns)
}

export function noteFound({ job, found }: Pick<TableRun, 'job' | 'found'>, names: readonly string[]): void {
  const declared = new Set(job.columns.map(({ name }) => name.toLowerCase()))
  for (const name of names.map((each) => each.toLowerCase()))
    if (!declared.has(name) && !name.startsWith('_sluice_')) found.add(name)
}
