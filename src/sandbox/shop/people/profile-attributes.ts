import type { Basics } from '../basics.ts'
import { awkward } from '../names.ts'
import { Random } from '../random.ts'
import { DAY_S, microsText, secondsText } from '../time-text.ts'
import { subscriptionsOf } from './consents.ts'
import type { Activity } from './profile-activity.ts'
import type { Person } from './person.ts'
import { customProperties } from './properties.ts'

type Parts = Readonly<{
  basics: Basics
  number: number
  person: Person
  createdMicros: number
  updatedMicros: number
  activity: Activity
  listIds: readonly string[]
}>

const titles = ['Regional Manager', 'Dr.', 'Geschäftsführerin', '部長', ''] as const
const firms = ['Atelier Nord', 'Müller & Söhne GmbH', '株式会社みどり', 'O\'Neil "Bros" Ltd.', ''] as const

/** All attributes of a profile; unset ones are null, not absent, as in recorded answers. */
export function profileAttributes(parts: Parts): Readonly<Record<string, unknown>> {
  const { basics, number, person, createdMicros, updatedMicros, activity, listIds } = parts
  const random = new Random(basics.seed ^ 0x50726f66, number)
  const createdS = Math.floor(createdMicros / 1_000_000)
  return {
    email: person.email,
    phone_number: person.phoneNumber,
    external_id: person.externalId,
    first_name: random.chance(0.004) ? random.pick(awkward) : person.firstName,
    last_name: person.lastName,
    organization: random.chance(0.12) ? random.pick(firms) : null,
    locale: random.chance(0.7) ? person.place.locale : null,
    title: random.chance(0.08) ? random.pick(titles) : null,
    image: random.chance(0.05)
      ? `https://images.${basics.storefront.domain}/people/${number}.jpg?w=80`
      : null,
    created: microsText(createdMicros),
    updated: microsText(updatedMicros),
    last_event_date: activity.lastEventS === 0 ? null : secondsText(activity.lastEventS),
    location: locationOf(random, person),
    properties: customProperties(random, number),
    subscriptions: subscriptionsOf({ random, person, createdS, nowS: basics.nowS, listIds }),
    predictive_analytics: predictions(activity, random),
  }
}

const locationOf = (random: Random, { place }: Person): Readonly<Record<string, unknown>> => {
  if (random.chance(0.08)) return Object.fromEntries(locationFields.map((field) => [field, null]))
  // Klaviyo has both: numbers from its own lookup, texts from imports.
  const imported = random.chance(0.1)
  const latitude = Number((place.latitude + random.unit() / 10).toFixed(6))
  const longitude = Number((place.longitude + random.unit() / 10).toFixed(6))
  const numbered = random.between(1, 240)
  return {
    address1: random.chance(0.4) ? `${numbered}${random.pick(['', 'b', ' ½'])} ${place.city}` : null,
    address2: random.chance(0.1) ? random.pick(['Apt. #4', '2. OG links', '', '〒ビル3階']) : null,
    city: place.city,
    country: place.country,
    latitude: imported ? String(latitude) : latitude,
    longitude: imported ? String(longitude) : longitude,
    region: random.chance(0.8) ? place.region : null,
    zip: place.zip,
    timezone: place.timezone,
    ip: random.chance(0.3) ? `192.0.2.${random.below(256)}` : null,
  }
}

const locationFields = [
  'address1',
  'address2',
  'city',
  'country',
  'latitude',
  'longitude',
  'region',
  'zip',
  'timezone',
  'ip',
] as const

const cents = (amount: number): number => Math.round(amount) / 100

/** History as the orders tell it, and guesses from it; all null for who never bought. */
const predictions = (activity: Activity, random: Random): Readonly<Record<string, unknown>> => {
  const { orders, spentCents, firstOrderS, lastOrderS } = activity
  const churn = Number(random.unit().toFixed(2))
  const guess = orders === 0 ? 0 : (spentCents / orders) * (1 - churn)
  const days = orders > 1 ? (lastOrderS - firstOrderS) / DAY_S / (orders - 1) : null
  const bought = <T>(value: T): T | null => (orders === 0 ? null : value)
  return {
    historic_clv: bought(cents(spentCents)),
    predicted_clv: bought(cents(guess)),
    total_clv: bought(cents(spentCents + guess)),
    historic_number_of_orders: bought(orders),
    predicted_number_of_orders: bought(Number((1 - churn).toFixed(2))),
    average_days_between_orders: days === null ? null : Number(days.toFixed(1)),
    average_order_value: bought(cents(spentCents / Math.max(1, orders))),
    churn_probability: bought(churn),
    expected_date_of_next_order:
      days === null ? null : secondsText(Math.floor((lastOrderS + days * DAY_S) / DAY_S) * DAY_S),
    ranked_channel_affinity: bought(random.some(['email', 'sms', 'push'], 2)),
  }
}
