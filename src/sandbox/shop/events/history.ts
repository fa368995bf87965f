import type { Random } from '../random.ts'
import { firstsOfMonths } from '../profile-updates.ts'
import { type MetricKey, metricNumber } from '../metrics.ts'
import { DAY_S, HOUR_S } from '../time-text.ts'
import type { EventParts } from './event-parts.ts'
import { type EventTable, EventTableBuilder, NO_MESSAGE, NO_METRIC, VISIBILITY_NOTED } from './event-table.ts'
import { FLOW, EventGenerator } from './event-generator.ts'

/** Shares of all events. */
const CAMPAIGN_RECIPIENTS = 0.22
const SIGN_UPS = 0.12
/** From this size on, one sending puts more than two pages of 1,000 into one second. */
const LARGE = 100_000
const CROWD = 2_200

/** Four years of a shop: exactly `count` events. */
export function generateHistory(eventParts: EventParts, count: number): EventTable {
  const { basics } = eventParts
  const random = basics.random('history')
  const table = new EventTableBuilder(count, basics.seed)
  const generator = new EventGenerator(eventParts, table, random, {
    fromS: basics.calendar.startS,
    untilS: basics.nowS,
    firstSession: 100_000_001,
  })
  addOddities(eventParts, table, random)
  addEdges(generator, count)
  addSignUps(generator, count)
  addCampaigns(generator, count)
  while (!table.isFull) {
    const atS = basics.calendar.sample(random)
    generator.visit(atS, generator.customerAt(atS))
  }
  return table.finish()
}

/** Events exactly on, just before and just after the edges that a reader's windows are likely to have. */
const addEdges = (generator: EventGenerator, count: number): void => {
  const each = count < 2_000 ? 1 : 3
  for (const edgeS of firstsOfMonths(generator.eventParts.basics).slice(count < 500 ? -6 : 0)) {
    for (let k = 0; k < each; k++) generator.simple(edgeS, 'boughtInStore', generator.customerAt(edgeS))
    generator.simple(edgeS - 1, 'earnedPoints', generator.customerAt(edgeS - 1))
    generator.simple(edgeS + 1, 'finishedQuiz', generator.customerAt(edgeS + 1))
  }
}

/** Events dated ahead, dated back, of metrics that are gone, of customers who are gone. */
const addOddities = (eventParts: EventParts, table: EventTableBuilder, random: Random): void => {
  const { nowS, calendar } = eventParts.basics
  const number = (share: number, atLeast: number): number =>
    Math.max(Math.min(atLeast, Math.floor(table.capacity / 20)), Math.floor(table.capacity * share))
  let session = 1_000_001
  const put = (
    atS: number,
    key: MetricKey & keyof EventParts['visitTexts'],
    profile: number,
    metric = metricNumber[key],
  ): void =>
    table.put(
      atS,
      metric,
      profile,
      random.pick(eventParts.visitTexts[key]),
      NO_MESSAGE,
      100 + random.below(9_900),
      session++,
    )
  const customer = (): number => random.below(Math.max(1, eventParts.profileTable.count))

  for (let k = number(0.0003, 8); k > 0; k--) {
    table.noteVisibility((nowS - random.below(60 * DAY_S)) * 1000)
    put(
      nowS + HOUR_S + random.below(200 * DAY_S),
      'boughtInStore',
      customer(),
      metricNumber.boughtInStore | VISIBILITY_NOTED,
    )
  }
  for (let k = number(0.001, 12); k > 0; k--) {
    // Dated anywhere in the past, known only lately; a few will be known tomorrow.
    table.noteVisibility((nowS + DAY_S - random.below(30 * DAY_S)) * 1000)
    const atS =
      calendar.startS - 300 * DAY_S + random.below(nowS - 40 * DAY_S - calendar.startS + 300 * DAY_S)
    put(atS, 'earnedPoints', customer(), metricNumber.earnedPoints | VISIBILITY_NOTED)
  }
  for (let k = number(0, 12); k > 0; k--)
    put(calendar.sample(random), 'submittedSearch', customer(), NO_METRIC)
  for (let k = number(0.002, 10); k > 0; k--)
    put(calendar.sample(random), 'updatedPreferences', eventParts.profileTable.count + random.below(500))
}

const addSignUps = (generator: EventGenerator, count: number): void => {
  const { eventParts, random } = generator
  const signUps = Math.min(eventParts.profileTable.count, Math.floor((count * SIGN_UPS) / 3))
  for (let k = 0; k < signUps; k++) {
    const profile = Math.floor((k * eventParts.profileTable.count) / signUps)
    const atS = Math.floor((eventParts.profileTable.createdMicros[profile] ?? 0) / 1_000_000)
    generator.simple(atS, 'subscribedList', profile)
    if (random.chance(0.6)) generator.simple(atS, 'subscribedEmail', profile)
    if (random.chance(0.2)) generator.simple(atS + random.below(HOUR_S), 'consentedSms', profile)
    if (random.chance(0.5)) generator.flow(FLOW.welcome, atS + 60, profile)
    if (random.chance(0.04)) generator.simple(atS + random.below(400 * DAY_S), 'unsubscribedList', profile)
  }
}

const addCampaigns = (generator: EventGenerator, count: number): void => {
  const { eventParts, random } = generator
  const total = eventParts.campaigns.reduce(
    (sum, number) => sum + (eventParts.messages[number]?.weight ?? 0),
    0,
  )
  const largest = eventParts.campaigns.reduce(
    (best, number) =>
      (eventParts.messages[number]?.weight ?? 0) > (eventParts.messages[best]?.weight ?? 0) ? number : best,
    eventParts.campaigns[0] ?? 0,
  )
  for (const number of eventParts.campaigns) {
    const message = eventParts.messages[number]
    if (message === undefined) continue
    const eligible = Math.max(1, eventParts.profileTable.countAt(message.sentS))
    const fair = Math.min(eligible, Math.floor((count * CAMPAIGN_RECIPIENTS * message.weight) / total))
    const recipients = number === largest && count >= LARGE ? Math.max(CROWD, fair) : fair
    // Primes, so that nobody receives it twice unless there are fewer customers than messages.
    const step = eligible % 7919 === 0 ? 7907 : 7919
    let profile = random.below(eligible)
    for (let k = 0; k < recipients; k++) {
      generator.receive(message.sentS + Math.floor(k / message.perSecond), profile, number)
      profile = (profile + step) % eligible
    }
  }
}
