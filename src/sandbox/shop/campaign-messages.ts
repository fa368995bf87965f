import type { Basics } from './basics.ts'
import { ulid } from './ids.ts'
import { withMicros } from './timestamps.ts'
import type { Channel } from './messages.ts'
import type { Random } from './random.ts'
import type { ResourceBuilder } from './resource-builder.ts'
import { microsText } from './time-text.ts'

type Parts = Readonly<{
  basics: Basics
  builder: ResourceBuilder
  random: Random
  campaignId: string
  plan: Readonly<{
    channel: Channel
    name: string
    subject: string
    sentS: number
    createdS: number
    updatedS: number
  }>
}>

/** The message of a campaign, with its template (email) or picture (SMS, push). Returns its id. */
export function campaignMessage({ basics, builder, random, campaignId, plan }: Parts): string {
  const { channel, createdS, updatedS } = plan
  const id = builder.add('campaign-message', ulid(random, createdS * 1000), {
    definition: definition(basics, random, plan),
    send_times: [{ datetime: microsText(plan.sentS * 1_000_000), is_local: false }],
    created_at: microsText(withMicros(createdS, random)),
    updated_at: microsText(withMicros(updatedS, random)),
  })
  builder.relate('campaign', campaignId, 'campaign-messages', [id])
  if (channel === 'email')
    builder.relate('campaign-message', id, 'template', [random.pick(builder.ids('template'))])
  else if (random.chance(0.6))
    builder.relate('campaign-message', id, 'image', [random.pick(builder.ids('image'))])
  return id
}

const definition = (
  { storefront }: Basics,
  random: Random,
  { channel, name, subject }: Parts['plan'],
): unknown => {
  switch (channel) {
    case 'email':
      return {
        channel,
        label: name,
        content: {
          subject,
          preview_text: random.chance(0.3) ? '' : `${name} – nur “heute”\u200c\u200c\u200c`,
          from_email: `hello@${storefront.domain}`,
          from_label: storefront.name,
          reply_to_email: null,
          cc_email: null,
          bcc_email: null,
        },
      }
    case 'sms':
      return {
        channel,
        content: { body: `${storefront.name}: ${name}! Reply STOP to opt out`, media_url: null },
        render_options: {
          shorten_links: true,
          add_org_prefix: true,
          add_info_link: false,
          add_opt_out_language: true,
        },
      }
    case 'mobile_push':
      return {
        channel,
        notification_type: 'standard',
        content: { title: name, body: `${subject} 📲`, dynamic_image: null, action_buttons: null },
        kv_pairs: { deep_link: '/sale', 'exp.id': String(random.below(1000)) },
        options: {
          on_open: { type: 'open_app' },
          badge: { display: true, badge_options: { badge_config: 'increment_one' } },
          play_sound: true,
        },
      }
    default:
      return channel satisfies never
  }
}
