import type { Basics } from './basics.ts'
import { hexId, unique } from './ids.ts'
import { type MetricKey, metricNumber } from './metrics.ts'
import { awkward, places } from './names.ts'
import type { EventRefs, ProfileRefs } from './references.ts'
import { at, type Random } from './random.ts'
import type { ResourceBuilder } from './resource-builder.ts'
import { DAY_S, secondsText } from './time-text.ts'

const praise = [
  'Lovely scent, lasts for weeks.',
  'Genau wie beschrieben – gerne wieder!',
  'Très joli, mais la boîte était abîmée…',
  'サイズもぴったりで、大満足です。',
  'Runs small; size up.\n\nOtherwise "perfect" 👌',
  'جودة ممتازة وتوصيل سريع',
  'It is ok',
  ...awkward.filter((text) => text !== ''),
]
/** A review belongs to the event of its writing or to the order that it is about. */
const reviewed: readonly MetricKey[] = ['reviewedProduct', 'fulfilledOrder']
/** How far to look for such an event. */
const EVENTS_TO_TRY = 400

type Occasion = Readonly<{ eventId: string | null; profile: number; atS: number }>

/** Reviews, questions and ratings of items and of the shop; some come with the event that brought them. */
export function addReviews(
  basics: Basics,
  builder: ResourceBuilder,
  count: number,
  { people, eventRefs }: Readonly<{ people: ProfileRefs; eventRefs: EventRefs }>,
): void {
  const random = basics.random('reviews')
  const id = unique(() => hexId(random, 32))
  const items = builder.ids('catalog-item')
  const metrics = builder.ids('metric')
  const metricIds = new Set(reviewed.map((key) => at(metrics, metricNumber[key])))
  for (let i = 0; i < count; i++) {
    const { eventId, profile, atS } = occasion(basics, random, { people, eventRefs }, metricIds)
    const kind = i % 12 === 3 ? 'question' : i % 12 === 7 ? 'store' : i % 12 === 9 ? 'rating' : 'review'
    const itemId = kind === 'store' ? null : random.pick(items)
    const status = statusOf(random)
    const reviewId = builder.add(
      'review',
      id(),
      {
        email: profile < 0 ? null : people.email(profile),
        status,
        verified: eventId !== null || random.chance(0.4),
        review_type: kind,
        created: secondsText(atS),
        updated: secondsText(
          Math.min(basics.nowS, atS + (random.chance(0.4) ? random.below(30 * DAY_S) : 0)),
        ),
        images: random.chance(0.2) ? [`https://images.${basics.storefront.domain}/reviews/${i}.jpg`] : [],
        ...(itemId === null ? {} : { product: product(builder, itemId) }),
        rating: kind === 'question' ? null : random.pick([5, 5, 5, 4, 4, 3, 2, 1]),
        ...words(random, kind),
        ...(random.chance(0.2)
          ? {
              public_reply: {
                content: random.pick(['Thank you!', 'Danke 💛', 'Merci pour votre retour « sincère ».']),
                author: basics.storefront.name,
                updated: secondsText(Math.min(basics.nowS, atS + DAY_S)),
              },
            }
          : {}),
      },
      { status: status.value },
    )
    if (itemId !== null) builder.relate('review', reviewId, 'item', [itemId])
    if (eventId !== null) builder.relate('review', reviewId, 'events', [eventId])
  }
}

const occasion = (
  basics: Basics,
  random: Random,
  { people, eventRefs }: Readonly<{ people: ProfileRefs; eventRefs: EventRefs }>,
  metricIds: ReadonlySet<string>,
): Occasion => {
  const start = random.below(eventRefs.count)
  const end = random.chance(0.6) ? Math.min(eventRefs.count, start + EVENTS_TO_TRY) : start
  for (let i = start; i < end; i++) {
    if (!metricIds.has(eventRefs.metricId(i) ?? '')) continue
    return { eventId: eventRefs.id(i), profile: eventRefs.profileIndex(i), atS: eventRefs.time(i) }
  }
  const profile = people.count > 0 && random.chance(0.8) ? random.below(people.count) : -1
  return { eventId: null, profile, atS: basics.calendar.sample(random) }
}

const statusOf = (random: Random): Readonly<{ value: string; rejection_reason?: unknown }> => {
  const value = random.pick([
    'published',
    'published',
    'published',
    'featured',
    'pending',
    'unpublished',
    'rejected',
  ])
  if (value !== 'rejected') return { value }
  const reason = random.pick([
    'other',
    'fake',
    'unrelated',
    'private_information',
    'profanity_or_inappropriate',
  ])
  return {
    value,
    rejection_reason:
      reason === 'other' ? { reason, status_explanation: 'Écrit par un concurrent ?' } : { reason },
  }
}

const product = (builder: ResourceBuilder, itemId: string): unknown => {
  const { url, title, image_full_url, external_id } = builder.attributes('catalog-item', itemId)
  return { url, name: title, image_url: image_full_url, external_id }
}

/** What was written; a rating has no words at all. */
const words = (random: Random, kind: string): Readonly<Record<string, string | null>> => {
  const { first, last } = random.pick(places)
  const author = random.chance(0.1) ? null : `${random.pick(first)} ${random.pick(last)}`
  if (kind === 'rating') return { author, content: null, title: null, smart_quote: null }
  const content = kind === 'question' ? 'Is this machine-washable / peut-on le laver ?' : random.pick(praise)
  return {
    author,
    content,
    title: random.chance(0.3)
      ? null
      : random.pick(['Great', 'Würde ich wieder kaufen', 'さすが', 'Meh…', '5/5 ⭐']),
    smart_quote: random.chance(0.2) ? (content.split(' ')[0] ?? null) : null,
  }
}
