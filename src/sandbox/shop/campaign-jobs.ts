import type { Basics } from './basics.ts'
import type { ProfileRefs } from './references.ts'
import type { ResourceBuilder } from './resource-builder.ts'

/** Sending and estimating of each campaign: read one by one, under the campaign's own id. */
export function addCampaignJobs(basics: Basics, builder: ResourceBuilder, people: ProfileRefs): void {
  const random = basics.random('campaign jobs')
  for (const id of builder.ids('campaign')) {
    const { status } = builder.attributes('campaign', id)
    if (status === 'Sent') builder.add('campaign-send-job', id, { status: 'complete' })
    if (status === 'Preparing to send') builder.add('campaign-send-job', id, { status: 'processing' })
    builder.add('campaign-recipient-estimation-job', id, { status: 'complete' })
    builder.add('campaign-recipient-estimation', id, {
      estimated_recipient_count: random.between(0, people.count),
    })
  }
}
