import type { TableRun } from './table-run.ts'

/**
 * The columns that the table has already beyond the declared ones and sluice's own: they count towards the limit on
 * new columns, and stay what they are.
 */
export async function noteKnownColumns({ destination, job, loading, found }: TableRun): Promise<void> {
  const shape = await loading.run(() => destination.describe(job.target))
  noteFound({ job, found }, shape?.columns.map(({ name }) => name) ?? [])
}

export function noteFound({ job, found }: Pick<TableRun, 'job' | 'found'>, names: readonly string[]): void {
  const declared = new Set(job.columns.map(({ name }) => name.toLowerCase()))
  for (const name of names.map((each) => each.toLowerCase()))
    if (!declared.has(name) && !name.startsWith('_sluice_')) found.add(name)
}
