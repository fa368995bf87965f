import type { Basics } from './basics.ts'
import { uuid } from './ids.ts'
import { type Job, makeJobs, momentText } from './jobs.ts'
import { awkward } from './names.ts'
import { type ProfileRefs, pickProfiles } from './references.ts'
import type { Random } from './random.ts'
import type { ResourceBuilder } from './resource-builder.ts'

/** The oldest job had more profiles, and more rows that failed, than the largest page holds. */
const FAILED_OF_FIRST = 130
const IMPORTED_OF_FIRST = 140

/** Bulk imports of profiles, with the profiles they made or changed and the rows that failed. */
export function addImportJobs(
  basics: Basics,
  builder: ResourceBuilder,
  count: number,
  people: ProfileRefs,
): void {
  const random = basics.random('import jobs')
  const lists = builder.ids('list')
  const jobs = makeJobs(basics, random, count, () => random.between(1, 60)).filter(
    // Imports cannot be cancelled.
    ({ status }) => status !== 'cancelled',
  )
  for (const [i, made] of jobs.entries()) {
    const wanted = i === 0 ? IMPORTED_OF_FIRST : made.done
    const failed = i === 0 ? FAILED_OF_FIRST : made.failed
    const profiles = pickProfiles(people, random, wanted)
    const finished = made.status === 'complete'
    const total = finished ? profiles.length + failed : made.total
    builder.add('profile-bulk-import-job', made.id, facts(made, { total, done: profiles.length, failed }))
    builder.relate('profile-bulk-import-job', made.id, 'profiles', profiles)
    if (random.chance(0.6))
      builder.relate('profile-bulk-import-job', made.id, 'lists', random.some(lists, random.between(1, 2)))
    const errors = Array.from({ length: failed }, (_, row) => addError(builder, random, row))
    builder.relate('profile-bulk-import-job', made.id, 'import-errors', errors)
  }
}

const facts = (
  { status, createdMicros, startedMicros, completedMicros, expiresMicros }: Job,
  { total, done, failed }: Readonly<{ total: number; done: number; failed: number }>,
): Readonly<Record<string, unknown>> => ({
  status,
  created_at: momentText(createdMicros),
  total_count: total,
  completed_count: status === 'queued' ? null : done,
  failed_count: status === 'queued' ? null : failed,
  completed_at: momentText(completedMicros),
  expires_at: momentText(expiresMicros),
  started_at: momentText(startedMicros),
})

const addError = (builder: ResourceBuilder, random: Random, row: number): string => {
  const email = random.pick([
    'no-at-sign.example',
    'zwei@@example.com',
    'leer @example.com',
    '名前＠example.com',
  ])
  return builder.add('import-error', uuid(random), {
    code: 'invalid',
    title: 'Invalid input.',
    detail: `Invalid email address: "${email}"`,
    source: { pointer: random.chance(0.9) ? `/data/attributes/profiles/data/${row}/attributes/email` : null },
    original_payload: random.chance(0.15)
      ? null
      : { email, first_name: 'Zoë', properties: { note: random.pick(awkward), row } },
  })
}
