import type { Basics } from './basics.ts'
import { uuid } from './ids.ts'
import { type Job, makeJobs, momentText } from './jobs.ts'
import type { Random } from './random.ts'
import type { ResourceBuilder } from './resource-builder.ts'

const kinds = [
  ['item', 'items'],
  ['variant', 'variants'],
  ['category', 'categories'],
] as const
const verbs = ['create', 'update', 'delete'] as const
/** More than a page; the other kinds have a handful. */
const ITEM_CREATE_JOBS = 115

/** Bulk jobs of the catalogue, nine kinds, and of coupon codes. */
export function addCatalogJobs(basics: Basics, builder: ResourceBuilder): void {
  for (const [noun, plural] of kinds) {
    const ids = builder.ids(`catalog-${noun}`)
    for (const verb of verbs) {
      const count = noun === 'item' && verb === 'create' ? ITEM_CREATE_JOBS : 14
      // What was deleted is gone.
      const targets = verb === 'delete' ? [] : ids
      addJobs({ basics, builder, type: `catalog-${noun}-bulk-${verb}-job`, count, relation: plural, targets })
    }
  }
  addJobs({
    basics,
    builder,
    type: 'coupon-code-bulk-create-job',
    count: 32,
    relation: 'coupon-codes',
    targets: builder.ids('coupon-code'),
  })
}

type Kind = Readonly<{
  basics: Basics
  builder: ResourceBuilder
  type: string
  count: number
  relation: string
  targets: readonly string[]
}>

const addJobs = ({ basics, builder, type, count, relation, targets }: Kind): void => {
  const random = basics.random(type)
  for (const job of makeJobs(basics, random, count, () => random.between(1, 40))) {
    builder.add(type, job.id, {
      status: job.status,
      created_at: momentText(job.createdMicros),
      total_count: job.total,
      completed_count: job.status === 'queued' ? null : job.done,
      failed_count: job.status === 'queued' ? null : job.failed,
      completed_at: momentText(job.completedMicros),
      errors: errors(job, random),
      expires_at: momentText(job.expiresMicros),
    })
    // A stretch of neighbours: choosing from thousands for each of hundreds of jobs would take long.
    const from = random.below(targets.length)
    builder.relate(type, job.id, relation, targets.slice(from, from + job.done))
  }
}

const errors = ({ status, failed }: Job, random: Random): readonly unknown[] | null =>
  status === 'complete'
    ? Array.from({ length: failed }, () => ({
        id: uuid(random),
        code: random.pick(['invalid', 'duplicate_result', 'not_found']),
        title: 'Invalid input',
        detail: random.pick(['“price” must not be negative', 'Titel fehlt', 'The id "Ä-1" is taken']),
        source: { pointer: random.chance(0.8) ? `/data/attributes/items/data/${random.below(40)}` : null },
      }))
    : null
