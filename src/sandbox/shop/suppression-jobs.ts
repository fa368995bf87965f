import type { Basics } from './basics.ts'
import { makeJobs, momentText } from './jobs.ts'
import type { Random } from './random.ts'
import type { ResourceBuilder } from './resource-builder.ts'

/** Bulk suppressions and their undoing: of a list, of a segment, or of profiles named one by one. */
export function addSuppressionJobs(basics: Basics, builder: ResourceBuilder, count: number): void {
  addJobs(basics, builder, 'profile-suppression-bulk-create-job', count)
  addJobs(basics, builder, 'profile-suppression-bulk-delete-job', Math.ceil(count / 4))
}

const addJobs = (basics: Basics, builder: ResourceBuilder, type: string, count: number): void => {
  const random = basics.random(type)
  for (const job of makeJobs(basics, random, count, () => random.between(1, 4_000))) {
    const { listId, segmentId } = subject(builder, random)
    builder.add(
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
    if (listId !== null) builder.relate(type, job.id, 'lists', [listId])
    if (segmentId !== null) builder.relate(type, job.id, 'segments', [segmentId])
  }
}

const subject = (
  builder: ResourceBuilder,
  random: Random,
): Readonly<{ listId: string | null; segmentId: string | null }> => {
  switch (random.below(3)) {
    case 0:
      return { listId: random.pick(builder.ids('list')), segmentId: null }
    case 1:
      return { listId: null, segmentId: random.pick(builder.ids('segment')) }
    default:
      return { listId: null, segmentId: null }
  }
}
