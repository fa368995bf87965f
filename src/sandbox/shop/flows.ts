import { addActions } from './flow-actions.ts'
import { named, tagSome } from './groups.ts'
import type { Basics } from './basics.ts'
import { shortId, unique } from './ids.ts'
import { makeTimestamps } from './timestamps.ts'
import { type MetricKey, metricNumber } from './metrics.ts'
import type { Message } from './messages.ts'
import { at, type Random } from './random.ts'
import type { ResourceBuilder } from './resource-builder.ts'
import { secondsText } from './time-text.ts'

type Trigger =
  | Readonly<{ kind: 'Metric'; metric: MetricKey }>
  | Readonly<{ kind: 'Added to List' | 'Date Based' | 'Price Drop' | 'Low Inventory' | 'Unconfigured' }>

const designs: readonly (readonly [string, Trigger])[] = [
  ['Welcome series', { kind: 'Added to List' }],
  ['Abandoned checkout', { kind: 'Metric', metric: 'startedCheckout' }],
  ['Abandoned cart', { kind: 'Metric', metric: 'addedToCart' }],
  ['Browse abandonment', { kind: 'Metric', metric: 'viewedProduct' }],
  ['Post-purchase thank you', { kind: 'Metric', metric: 'placedOrder' }],
  ['Review request ⭐', { kind: 'Metric', metric: 'fulfilledOrder' }],
  ['Win-back', { kind: 'Metric', metric: 'placedOrder' }],
  ['Geburtstag 🎂', { kind: 'Date Based' }],
  ['Price drop', { kind: 'Price Drop' }],
  ['Nearly gone', { kind: 'Low Inventory' }],
  ['SMS welcome', { kind: 'Metric', metric: 'consentedSms' }],
  ['Refund follow-up', { kind: 'Metric', metric: 'refundedOrder' }],
  ['Untitled', { kind: 'Unconfigured' }],
]

/** Flows with their actions and messages, archived and not. Returns the messages of those that send. */
export function addFlows(basics: Basics, builder: ResourceBuilder, count: number): readonly Message[] {
  const random = basics.random('flows')
  const id = unique(() => shortId(random))
  const messages: Message[] = []
  for (let i = 0; i < count; i++) {
    const [, trigger] = at(designs, i)
    const { createdS, updatedS } = makeTimestamps(basics, random)
    const archived = i > 6 && random.chance(0.25)
    const status = i < 7 ? 'live' : random.pick(['live', 'draft', 'manual'])
    const name = named(
      designs.map(([title]) => title),
      i,
    )
    // The flows a shop cannot do without were there from its first day.
    const madeS = i < 7 ? basics.calendar.startS + random.below(86_400) : createdS
    const flowId = builder.add('flow', id(), {
      name,
      status,
      archived,
      created: secondsText(madeS),
      updated: secondsText(Math.max(madeS, updatedS)),
      trigger_type: trigger.kind,
    })
    bindTrigger(builder, flowId, trigger, random)
    tagSome(builder, 'flow', flowId, random)
    const made = addActions({ basics, builder, random, flowId, flowName: name, madeS, status })
    if (status === 'live') messages.push(...made)
  }
  return messages
}

const bindTrigger = (builder: ResourceBuilder, flowId: string, trigger: Trigger, random: Random): void => {
  if (trigger.kind === 'Metric') {
    builder.relate('flow', flowId, 'metrics', [at(builder.ids('metric'), metricNumber[trigger.metric])])
  } else if (trigger.kind === 'Added to List') {
    if (random.chance(0.7)) builder.relate('flow', flowId, 'lists', [at(builder.ids('list'), 0)])
    else builder.relate('flow', flowId, 'segments', [random.pick(builder.ids('segment'))])
  }
}
