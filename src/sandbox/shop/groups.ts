import type { Basics } from './basics.ts'
import { shortId, unique } from './ids.ts'
import { makeTimestamps } from './timestamps.ts'
import { type MetricKey, metricNumber } from './metrics.ts'
import { at, type Random } from './random.ts'
import type { ResourceBuilder } from './resource-builder.ts'
import { secondsText } from './time-text.ts'

/** A list or segment as its members see it: which share of all profiles is in it. */
export type Group = Readonly<{ id: string; name: string; share: number }>

const listNames = [
  'Newsletter',
  'SMS subscribers',
  'VIP 💎',
  'Black Friday early access',
  'Wholesale',
  'In-store sign-ups',
  'Giveaway',
  'Back in stock',
  'Beta testers',
  'Neukunden Köln',
  'Anniversaire',
  '日本のお客様',
  'عملاء دبي',
  'Suppressed – do not mail',
  'Imported "legacy" contacts',
  'Quiz takers',
  'Referral',
  'Staff',
]
const segmentNames = [
  'Engaged 30 days',
  'Engaged 90 days',
  'Never purchased',
  'Repeat buyers',
  'High AOV',
  'Churn risk',
  'Opened but not clicked',
  'EU residents',
  'US residents',
  'Gmail addresses',
  'Birthday this month 🎂',
  'Sunset candidates',
  'Cart abandoners',
  'SMS only',
]

/** Names that no two rows share, however many are wanted. */
export const named = (names: readonly string[], i: number): string =>
  i < names.length ? at(names, i) : `${at(names, i)} (${Math.floor(i / names.length) + 1})`

export function addLists(basics: Basics, builder: ResourceBuilder, count: number): readonly Group[] {
  const random = basics.random('lists')
  const id = unique(() => shortId(random))
  return Array.from({ length: count }, (_, i) => {
    const { createdS, updatedS } = makeTimestamps(basics, random)
    const name = named(listNames, i)
    const share = i === 0 ? 0.7 : i === 1 ? 0.25 : 0.15 * random.unit() ** 2
    const listId = builder.add('list', id(), {
      name,
      created: secondsText(createdS),
      updated: secondsText(updatedS),
      opt_in_process: random.chance(0.4) ? 'double_opt_in' : 'single_opt_in',
    })
    tagSome(builder, 'list', listId, random)
    return { id: listId, name, share }
  })
}

export function addSegments(basics: Basics, builder: ResourceBuilder, count: number): readonly Group[] {
  const random = basics.random('segments')
  const id = unique(() => shortId(random))
  return Array.from({ length: count }, (_, i) => {
    const { createdS, updatedS } = makeTimestamps(basics, random)
    const name = named(segmentNames, i)
    const active = random.chance(0.85)
    const segmentId = builder.add('segment', id(), {
      name,
      definition: { condition_groups: [{ conditions: [condition(builder, random)] }] },
      created: secondsText(createdS),
      updated: secondsText(updatedS),
      is_active: active,
      is_processing: active && random.chance(0.05),
      is_starred: random.chance(0.15),
    })
    tagSome(builder, 'segment', segmentId, random)
    return { id: segmentId, name, share: active ? 0.3 * random.unit() : 0 }
  })
}

export const tagSome = (builder: ResourceBuilder, type: string, id: string, random: Random): void => {
  if (random.chance(0.6))
    builder.relate(type, id, 'tags', random.some(builder.ids('tag'), random.between(1, 3)))
}

const condition = (builder: ResourceBuilder, random: Random): unknown => {
  switch (random.below(4)) {
    case 0:
      return {
        type: 'profile-group-membership',
        is_member: true,
        group_ids: [random.pick(builder.ids('list'))],
      }
    case 1:
      return bought(builder, random.pick<MetricKey>(['placedOrder', 'openedEmail', 'activeOnSite']), random)
    case 2:
      return { type: 'profile-region', in_region: true, region: 'european_union' }
    default:
      return {
        type: 'profile-property',
        property: "properties['loyalty tier']",
        filter: { type: 'string', operator: 'equals', value: random.pick(['gold', 'silver', 'Łódź “VIP”']) },
      }
  }
}

const bought = (builder: ResourceBuilder, key: MetricKey, random: Random): unknown => ({
  type: 'profile-metric',
  metric_id: at(builder.ids('metric'), metricNumber[key]),
  measurement: 'count',
  measurement_filter: { type: 'numeric', operator: 'greater-than', value: random.below(3) },
  timeframe_filter: { type: 'date', operator: 'in-the-last', unit: 'day', quantity: random.between(7, 365) },
  metric_filters: null,
})
