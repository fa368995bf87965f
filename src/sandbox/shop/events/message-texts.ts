import type { Basics } from '../basics.ts'
import type { Channel, Message } from '../messages.ts'
import { metricNumber, type MetricKey } from '../metrics.ts'
import { at } from '../random.ts'
import type { BlobPool } from './blob-pool.ts'

const clients = [
  { 'Client Name': 'Gmail', 'Client Type': 'Webmail', 'Client OS Family': 'Linux', 'machine open': false },
  {
    'Client Name': 'Apple Mail',
    'Client Type': 'Email Client',
    'Client OS Family': 'iOS',
    'machine open': true,
  },
  {
    'Client Name': 'Outlook',
    'Client Type': 'Email Client',
    'Client OS Family': 'Windows',
    'Client OS': null,
  },
] as const
const pages = ['', 'collections/new?utm_source=Klaviyo&utm_medium=email', 'products/✨?a=1&b="2"'] as const
const inboxes = ['gmail.com', 'web.de', 'yahoo.co.jp'] as const

const kinds: Readonly<Record<Channel, readonly (readonly [MetricKey, number])[]>> = {
  email: [
    ['receivedEmail', 3],
    ['openedEmail', 3],
    ['clickedEmail', 3],
    ['bouncedEmail', 1],
    ['droppedEmail', 1],
    ['spamEmail', 1],
    ['unsubscribedEmail', 1],
  ],
  sms: [
    ['receivedSms', 1],
    ['clickedSms', 2],
    ['failedSms', 1],
    ['unsubscribedSms', 1],
  ],
  mobile_push: [
    ['receivedPush', 2],
    ['openedPush', 2],
  ],
}

type Properties = Readonly<Record<string, unknown>>

/** For each metric, the first text of each message (-1 where the metric is none of its channel's) and how many there are. */
export type MessageTexts = Readonly<{ first: readonly Int32Array[]; variants: Uint8Array }>

export function addMessageTexts(basics: Basics, pool: BlobPool, messages: readonly Message[]): MessageTexts {
  const metricCount = Object.keys(metricNumber).length
  const first = Array.from({ length: metricCount }, () => new Int32Array(messages.length).fill(-1))
  const variants = new Uint8Array(metricCount)
  for (const [m, message] of messages.entries()) {
    for (const [key, count] of kinds[message.channel]) {
      const metric = metricNumber[key]
      variants[metric] = count
      for (let v = 0; v < count; v++) {
        const blob = pool.add(propertiesOf(basics, message, key, v))
        const column = first[metric]
        if (v === 0 && column !== undefined) column[m] = blob
      }
    }
  }
  return { first, variants }
}

const propertiesOf = (basics: Basics, message: Message, key: MetricKey, v: number): Properties => ({
  ...(message.channel === 'email'
    ? { Subject: message.subject, 'Email Domain': at(inboxes, v) }
    : { 'Message Body': message.subject }),
  'Campaign Name': message.name,
  $message: message.messageId,
  ...(message.flowId === null ? {} : { $flow: message.flowId, $message_interaction: message.messageId }),
  $_cohort$message_send_cohort: `${message.sentS}:${message.messageId}`,
  ...details(basics, key, v),
})

const details = (basics: Basics, key: MetricKey, v: number): Properties =>
  detailsOf[key]?.(basics.storefront.domain, v) ?? { $ESP: v }

/** What an event tells beside its message; `v` counts its variants. */
const detailsOf: Readonly<Partial<Record<MetricKey, (domain: string, v: number) => Properties>>> = {
  openedEmail: (_, v) => ({ $ESP: 1, ...at(clients, v) }),
  clickedEmail: (domain, v) => ({ $ESP: 1, URL: `https://${domain}/${at(pages, v)}`, ...at(clients, v) }),
  bouncedEmail: () => ({ 'Bounce Type': 'Hard', 'SMTP Reply': '550 5.1.1 <…>: "unknown user"\r\n' }),
  openedPush: (_, v) => ({ platform: at(['ios', 'android'], v), 'App Version': at(['4.11.0', 411], v) }),
  clickedSms: (domain, v) => ({ URL: `https://${domain}/s/${v}`, segments: v + 1 }),
}
