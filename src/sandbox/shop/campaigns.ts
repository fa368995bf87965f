import { blackFriday } from './calendar.ts'
import { campaignMessage } from './campaign-messages.ts'
import { named, tagSome } from './groups.ts'
import type { Basics } from './basics.ts'
import { ulid } from './ids.ts'
import { withMicros } from './timestamps.ts'
import type { Channel, Message } from './messages.ts'
import { at, type Random } from './random.ts'
import type { ResourceBuilder } from './resource-builder.ts'
import { DAY_S, HOUR_S, microsText } from './time-text.ts'

const themes = [
  'New arrivals',
  'Weekend sale',
  'Style notes',
  'Last chance ⏰',
  'Restocked',
  'Mother’s Day',
  'Sommerschlussverkauf',
  'Soldes d’été',
  '夏の新作',
  'Gift guide',
  'Members only',
  'We moved!',
  'Survey: 5 min',
  'تخفيضات الصيف',
  'Thank you 💛',
  'Save the date',
  'Editor’s picks',
  'Only "today"',
  'Free shipping',
  'Back to school',
]

type Plan = Readonly<{
  channel: Channel
  name: string
  sentS: number
  weight: number
  perSecond: number
  status: string
}>

/** Campaigns of all three channels, archived and not. Returns the messages of those that were sent. */
export function addCampaigns(basics: Basics, builder: ResourceBuilder, count: number): readonly Message[] {
  const random = basics.random('campaigns')
  const messages = plans(basics, random, count).map((plan) => addCampaign(basics, builder, random, plan))
  return messages.filter((message) => message !== null)
}

const plans = (basics: Basics, random: Random, count: number): readonly Plan[] => {
  const ordinary = Array.from({ length: count }, (_, i): Plan => {
    const channel = i % 8 === 5 ? 'sms' : i % 8 === 7 ? 'mobile_push' : 'email'
    const done = i < count * 0.9
    const sentS = done ? ordinarySending(basics, random) : basics.nowS + random.between(1, 40) * DAY_S
    return {
      channel,
      name: named(themes, i),
      sentS,
      weight: (0.4 + random.unit()) * 1.5 ** ((sentS - basics.calendar.startS) / (365 * DAY_S)),
      perSecond: random.pick([400, 900, 2_500]),
      status: done
        ? 'Sent'
        : random.pick([
            'Draft',
            'Draft',
            'Scheduled',
            'Cancelled',
            'Cancelled: No Recipients',
            'Preparing to send',
          ]),
    }
  })
  return [...ordinary, ...blackFridays(basics)].sort((a, b) => a.sentS - b.sentS)
}

/** On the hour or the quarter, as people plan; one at the first second of a month. */
const ordinarySending = (basics: Basics, random: Random): number => {
  for (;;) {
    const atS = basics.calendar.startS + random.below(basics.nowS - basics.calendar.startS)
    const sentS = Math.floor(atS / DAY_S) * DAY_S + random.between(28, 76) * 900
    if (sentS < basics.nowS - 2 * DAY_S) return sentS
  }
}

/** One message a year goes to everybody at once: thousands of events in one second. */
const blackFridays = (basics: Basics): readonly Plan[] => {
  const last = new Date(basics.nowS * 1000).getUTCFullYear()
  return [4, 3, 2, 1, 0]
    .map((ago) => ({ year: last - ago, sentS: blackFriday(last - ago) + 11 * HOUR_S }))
    .filter(({ sentS }) => sentS > basics.calendar.startS + 30 * DAY_S && sentS < basics.nowS - DAY_S)
    .map(({ year, sentS }, i) => ({
      channel: 'email',
      name: `Black Friday ${year} – it’s on 🖤`,
      sentS,
      weight: 8 * 1.5 ** i,
      perSecond: 25_000,
      status: 'Sent',
    }))
}

const addCampaign = (
  basics: Basics,
  builder: ResourceBuilder,
  random: Random,
  plan: Plan,
): Message | null => {
  const sent = plan.status === 'Sent'
  const createdS = Math.min(plan.sentS, basics.nowS - 60) - random.between(HOUR_S, 9 * DAY_S)
  const updatedS = sent ? plan.sentS + random.below(2 * HOUR_S) : createdS + random.below(HOUR_S)
  const scheduled = sent || plan.status === 'Scheduled'
  const id = ulid(random, createdS * 1000)
  const archived = sent && random.chance(0.25)
  builder.add(
    'campaign',
    id,
    {
      name: plan.name,
      status: plan.status,
      archived,
      audiences: {
        included: [random.pick(builder.ids('list')), ...random.some(builder.ids('segment'), random.below(3))],
        excluded: random.some(builder.ids('segment'), random.below(2)),
      },
      send_options: { use_smart_sending: random.chance(0.8) },
      tracking_options: tracking(plan.channel, random),
      send_strategy: strategy(plan, random),
      created_at: microsText(withMicros(createdS, random)),
      scheduled_at: scheduled ? microsText(withMicros(createdS + 60, random)) : null,
      updated_at: microsText(withMicros(updatedS, random)),
      send_time: scheduled ? microsText(plan.sentS * 1_000_000) : null,
    },
    { 'messages.channel': plan.channel },
  )
  tagSome(builder, 'campaign', id, random)
  const subject = `${at(['', '👀 ', 'Re: '], random.below(3))}${plan.name} – {{ first_name|default:'you' }}`
  const messageId = campaignMessage({
    basics,
    builder,
    random,
    campaignId: id,
    plan: { ...plan, subject, createdS, updatedS },
  })
  if (!sent) return null
  const { channel, name, sentS, weight, perSecond } = plan
  return { channel, messageId, campaignId: id, flowId: null, name, subject, sentS, weight, perSecond }
}

const tracking = (channel: Channel, random: Random): unknown =>
  channel === 'email'
    ? {
        add_tracking_params: true,
        custom_tracking_params: random.chance(0.5)
          ? [{ type: 'static', value: 'brand', name: 'utm_team' }]
          : null,
        is_tracking_clicks: true,
        is_tracking_opens: random.chance(0.9),
      }
    : { add_tracking_params: random.chance(0.5), custom_tracking_params: null }

const strategy = ({ sentS, weight }: Plan, random: Random): unknown => {
  const datetime = microsText(sentS * 1_000_000)
  if (weight > 8) return { method: 'static', datetime, options: { is_local: false } }
  switch (random.below(6)) {
    case 0:
      return { method: 'immediate' }
    case 1:
      return { method: 'throttled', datetime, throttle_percentage: random.pick([10, 20, 33, 50]) }
    case 2:
      return { method: 'smart_send_time', date: datetime.slice(0, 10) }
    case 3:
      return {
        method: 'static',
        datetime,
        options: { is_local: true, send_past_recipients_immediately: true },
      }
    default:
      return { method: 'static', datetime, options: { is_local: false } }
  }
}
