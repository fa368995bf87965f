import type { Basics } from './basics.ts'
import { ulid } from './ids.ts'
import { makeTimestampTexts } from './timestamp-texts.ts'
import type { ResourceBuilder } from './resource-builder.ts'

const topics = [
  'sent_sms',
  'received_sms',
  'clicked_sms',
  'failed_to_deliver_sms',
  'subscribed_to_sms',
  'unsubscribed_from_sms',
  'received_email',
  'opened_email',
  'clicked_email',
  'bounced_email',
  'marked_email_as_spam',
  'subscribed_to_email',
  'unsubscribed_from_email',
  'submitted_review',
  'received_push',
  'opened_push',
]
const hooks: readonly (readonly [string, string | null, boolean])[] = [
  ['Warehouse', 'Copies SMS events to the warehouse', true],
  ['Kundendienst – Rückmeldungen', null, true],
  ['Old Zapier “do not use”', 'Abgeschaltet', false],
  ['通知', '', true],
]

/** Webhooks, and every topic that they could listen to. */
export function addWebhooks(basics: Basics, builder: ResourceBuilder): void {
  const random = basics.random('webhooks')
  const ids = topics.map((topic) => builder.add('webhook-topic', `event:klaviyo.${topic}`, {}))
  for (const [name, description, enabled] of hooks) {
    const { createdS, created, updated } = makeTimestampTexts(basics, random)
    const id = builder.add('webhook', ulid(random, createdS * 1000), {
      name,
      description,
      endpoint_url: `https://hooks.${basics.storefront.domain}/...`,
      enabled,
      created_at: created,
      updated_at: updated === created ? null : updated,
    })
    builder.relate('webhook', id, 'webhook-topics', random.some(ids, random.between(1, 6)))
  }
}
