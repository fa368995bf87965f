export type Channel = 'email' | 'sms' | 'mobile_push'

/** What customers receive: a campaign's message or one of a flow. Events name it; orders are attributed to it. */
export type Message = Readonly<{
  channel: Channel
  /** Of the campaign-message or flow-message. */
  messageId: string
  campaignId: string | null
  flowId: string | null
  /** Of the campaign, or of the message within its flow. */
  name: string
  subject: string
  /** A campaign's sending, or the day a flow went live. */
  sentS: number
  /** How many receive it, relative to its like. */
  weight: number
  /** A campaign goes out in batches: this many in one second. */
  perSecond: number
}>
