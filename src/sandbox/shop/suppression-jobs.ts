import type { Ground } from './ground.ts'
import { makeJobs, momentText } from './jobs.ts'
import type { Random } from './random.ts'
import type { Shelf } from './shelf.ts'

/** Bulk suppressions and their undoing: of a list, of a segment, or of profiles named one by one. */
export function stockSuppressionJobs(ground: Ground, shelf: Shelf, count: number): void {
  stockJobs(ground, shelf, 'profile-suppression-bulk-create-job', count)
  stockJobs(ground, shelf, 'profile-suppression-bulk-delete-job', Math.ceil(count / 4))
}

const stockJobs = (ground: Ground, shelf: Shelf, type: string, count: number): void => {
  const random = ground.random(type)
  for (const job of makeJobs(ground, random, count, () => random.between(1, 4_000))) {
    const { listId, segmentId } = subject(shelf, random)
    shelf.add(
      type,
      job.id,
      {
        status: job.status,
        created_at: momentText(job.createdMicros),
        total_count: job.total,
        completed_count: job.status === 'queued' ? null : job.done,
        completed_at: momentText(job.completedMicros),
        skipped_count: job.status === 'queued' ? null : job.failed,
      },
      { created: momentText(job.createdMicros), list_id: listId, segment_id: segmentId },
    )
    if (listId !== null) shelf.relate(type, job.id, 'lists', [listId])
    if (segmentId !== null) shelf.relate(type, job.id, 'segments', [segmentId])
  }
}

const subject = (
  shelf: Shelf,
  random: Random,
): Readonly<{ listId: string | null; segmentId: string | null }> => {
  switch (random.below(3)) {
    case 0:
      return { listId: random.pick(shelf.ids('list')), segmentId: null }
    case 1:
      return { listId: null, segmentId: random.pick(shelf.ids('segment')) }
    default:
      return { listId: null, segmentId: null }
  }
}
