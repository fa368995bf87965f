import type { Ground } from './ground.ts'
import type { People } from './sources.ts'
import type { Shelf } from './shelf.ts'

/** Sending and estimating of each campaign: read one by one, under the campaign's own id. */
export function stockCampaignJobs(ground: Ground, shelf: Shelf, people: People): void {
  const random = ground.random('campaign jobs')
  for (const id of shelf.ids('campaign')) {
    const { status } = shelf.attributes('campaign', id)
    if (status === 'Sent') shelf.add('campaign-send-job', id, { status: 'complete' })
    if (status === 'Preparing to send') shelf.add('campaign-send-job', id, { status: 'processing' })
    shelf.add('campaign-recipient-estimation-job', id, { status: 'complete' })
    shelf.add('campaign-recipient-estimation', id, {
      estimated_recipient_count: random.between(0, people.count),
    })
  }
}
