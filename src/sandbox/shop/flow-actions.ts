import type { Basics } from './basics.ts'
import { shortId } from './ids.ts'
import type { Channel, Message } from './messages.ts'
import { at, type Random } from './random.ts'
import type { ResourceBuilder } from './resource-builder.ts'
import { DAY_S, secondsText } from './time-text.ts'

type Parts = Readonly<{
  basics: Basics
  builder: ResourceBuilder
  random: Random
  flowId: string
  flowName: string
  madeS: number
  status: string
}>

type Sending = Readonly<{ message: Message; templateId: string | null }>

const FIRST_ACTION_ID = 41_300_271
const actionTypes: Readonly<Record<Channel, string>> = {
  email: 'send-email',
  sms: 'send-sms',
  mobile_push: 'send-mobile-push',
}

/** A flow's steps: sends, waits between them, here and there a branch at the end. Returns the messages it sends. */
export function addActions(parts: Parts): readonly Message[] {
  const { builder, random } = parts
  const first = FIRST_ACTION_ID + builder.ids('flow-action').length * 13
  const steps = random.between(2, 7)
  const ids = Array.from({ length: steps }, (_, step) => String(first + step * 13))
  return ids.flatMap((id, step) => {
    const next = ids[step + 1] ?? null
    if (step % 2 === 1) {
      addAction(parts, id, delay(id, next, random))
      return []
    }
    if (step > 2 && next === null && random.chance(0.5)) {
      addAction(parts, id, split(id))
      return []
    }
    const sending = newSending(parts, step)
    addAction(parts, id, send(parts, id, next, sending))
    addMessage(parts, id, sending)
    return [sending.message]
  })
}

const newSending = ({ basics, builder, random, flowId, flowName, madeS }: Parts, step: number): Sending => {
  const channel = random.pick<Channel>(['email', 'email', 'email', 'sms', 'mobile_push'])
  const name = `${flowName} · ${at(['first', 'second', 'third', 'last'], step / 2)} ${channel}`
  return {
    message: {
      channel,
      messageId: shortId(random),
      campaignId: null,
      flowId,
      name,
      subject: `${at(['Welcome', 'You left something 🛒', 'Merci “beaucoup”', 'Fast weg!'], random.below(4))} – ${basics.storefront.name}`,
      sentS: madeS,
      weight: 1 / (1 + step),
      perSecond: 1,
    },
    templateId: channel === 'email' ? random.pick(builder.ids('template')) : null,
  }
}

const addAction = (
  { basics, builder, random, flowId, madeS }: Parts,
  id: string,
  definition: unknown,
): void => {
  const updatedS = random.chance(0.5) ? madeS : Math.min(basics.nowS - 1, madeS + random.below(90 * DAY_S))
  builder.add(
    'flow-action',
    id,
    { created: secondsText(madeS), updated: secondsText(updatedS), definition },
    definitionFacts(definition),
  )
  builder.relate('flow-action', id, 'flow', [flowId])
}

/** The list of a flow's actions can be filtered and sorted by facts that only the definition shows. */
const definitionFacts = (definition: unknown): Readonly<Record<string, unknown>> => {
  const { type, data } = definition as { type: string; data?: { status?: string } }
  return { action_type: type.toUpperCase().replaceAll('-', '_'), status: data?.status ?? 'live' }
}

const addMessage = (
  { builder, random, madeS }: Parts,
  actionId: string,
  { message, templateId }: Sending,
): void => {
  builder.add(
    'flow-message',
    message.messageId,
    {
      channel: message.channel,
      created: secondsText(madeS),
      updated: secondsText(madeS + random.below(DAY_S)),
      definition: content(message, templateId),
    },
    { name: message.name },
  )
  builder.relate('flow-action', actionId, 'flow-messages', [message.messageId])
  if (templateId !== null) builder.relate('flow-message', message.messageId, 'template', [templateId])
}

const send = (
  { status }: Parts,
  id: string,
  next: string | null,
  { message, templateId }: Sending,
): unknown => ({
  id,
  type: actionTypes[message.channel],
  links: { next },
  data: { message: content(message, templateId), status: status === 'draft' ? 'draft' : 'live' },
})

const content = (message: Message, templateId: string | null): unknown => {
  const shared = {
    smart_sending_enabled: true,
    additional_filters: null,
    name: message.name,
    id: message.messageId,
  }
  switch (message.channel) {
    case 'email':
      return {
        ...shared,
        from_email: null,
        from_label: null,
        reply_to_email: null,
        cc_email: null,
        bcc_email: null,
        subject_line: message.subject,
        preview_text: '',
        template_id: templateId,
        transactional: false,
        add_tracking_params: true,
        custom_tracking_params: [{ param: 'utm_source', value: 'flow' }],
      }
    case 'sms':
      return {
        ...shared,
        body: message.subject,
        shorten_links: true,
        transactional: false,
        add_tracking_params: true,
        custom_tracking_params: null,
      }
    case 'mobile_push':
      return {
        ...shared,
        title: message.name,
        body: message.subject,
        sound: true,
        badge: false,
        on_open: 'home',
        kv_pairs: null,
      }
    default:
      return message.channel satisfies never
  }
}

const delay = (id: string, next: string | null, random: Random): unknown => ({
  id,
  type: 'time-delay',
  links: { next },
  data: {
    unit: random.pick(['hours', 'days']),
    value: random.between(1, 12),
    secondary_value: null,
    timezone: 'Europe/Berlin',
  },
})

const split = (id: string): unknown => ({
  id,
  type: 'conditional-split',
  links: { next_if_true: null, next_if_false: null },
  data: {
    profile_filter: {
      condition_groups: [
        { conditions: [{ type: 'profile-region', in_region: false, region: 'united_states' }] },
      ],
    },
  },
})
