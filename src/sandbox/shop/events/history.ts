import type { Random } from '../random.ts'
import { firstsOfMonths } from '../roster-updates.ts'
import { type MetricKey, metricNumber } from '../metrics.ts'
import { DAY_S, HOUR_S } from '../time-text.ts'
import type { Cast } from './cast.ts'
import { type EventTable, EventTableBuilder, NO_MESSAGE, NO_METRIC, VISIBILITY_NOTED } from './event-table.ts'
import { FLOW, Teller } from './teller.ts'

/** Shares of all events. */
const CAMPAIGN_RECIPIENTS = 0.22
const SIGN_UPS = 0.12
/** From this size on, one sending puts more than two pages of 1,000 into one second. */
const LARGE = 100_000
const CROWD = 2_200

/** Four years of a shop: exactly `count` events. */
export function tellHistory(cast: Cast, count: number): EventTable {
  const { ground } = cast
  const random = ground.random('history')
  const table = new EventTableBuilder(count, ground.seed)
  const teller = new Teller(cast, table, random, {
    fromS: ground.calendar.startS,
    untilS: ground.nowS,
    firstStory: 100_000_001,
  })
  tellOddities(cast, table, random)
  tellEdges(teller, count)
  tellSignUps(teller, count)
  tellCampaigns(teller, count)
  while (!table.isFull) {
    const atS = ground.calendar.sample(random)
    teller.visit(atS, teller.someone(atS))
  }
  return table.finish()
}

/** Events exactly on, just before and just after the edges that a reader's windows are likely to have. */
const tellEdges = (teller: Teller, count: number): void => {
  const each = count < 2_000 ? 1 : 3
  for (const edgeS of firstsOfMonths(teller.cast.ground).slice(count < 500 ? -6 : 0)) {
    for (let k = 0; k < each; k++) teller.simple(edgeS, 'boughtInStore', teller.someone(edgeS))
    teller.simple(edgeS - 1, 'earnedPoints', teller.someone(edgeS - 1))
    teller.simple(edgeS + 1, 'finishedQuiz', teller.someone(edgeS + 1))
  }
}

/** Events dated ahead, dated back, of metrics that are gone, of customers who are gone. */
const tellOddities = (cast: Cast, table: EventTableBuilder, random: Random): void => {
  const { nowS, calendar } = cast.ground
  const number = (share: number, atLeast: number): number =>
    Math.max(Math.min(atLeast, Math.floor(table.capacity / 20)), Math.floor(table.capacity * share))
  let story = 1_000_001
  const put = (
    atS: number,
    key: MetricKey & keyof Cast['visitTexts'],
    profile: number,
    metric = metricNumber[key],
  ): void =>
    table.put(
      atS,
      metric,
      profile,
      random.pick(cast.visitTexts[key]),
      NO_MESSAGE,
      100 + random.below(9_900),
      story++,
    )
  const customer = (): number => random.below(Math.max(1, cast.roster.count))

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
    put(calendar.sample(random), 'updatedPreferences', cast.roster.count + random.below(500))
}

const tellSignUps = (teller: Teller, count: number): void => {
  const { cast, random } = teller
  const told = Math.min(cast.roster.count, Math.floor((count * SIGN_UPS) / 3))
  for (let k = 0; k < told; k++) {
    const profile = Math.floor((k * cast.roster.count) / told)
    const atS = Math.floor((cast.roster.createdMicros[profile] ?? 0) / 1_000_000)
    teller.simple(atS, 'subscribedList', profile)
    if (random.chance(0.6)) teller.simple(atS, 'subscribedEmail', profile)
    if (random.chance(0.2)) teller.simple(atS + random.below(HOUR_S), 'consentedSms', profile)
    if (random.chance(0.5)) teller.flow(FLOW.welcome, atS + 60, profile)
    if (random.chance(0.04)) teller.simple(atS + random.below(400 * DAY_S), 'unsubscribedList', profile)
  }
}

const tellCampaigns = (teller: Teller, count: number): void => {
  const { cast, random } = teller
  const total = cast.campaigns.reduce((sum, number) => sum + (cast.messages[number]?.weight ?? 0), 0)
  const largest = cast.campaigns.reduce(
    (best, number) =>
      (cast.messages[number]?.weight ?? 0) > (cast.messages[best]?.weight ?? 0) ? number : best,
    cast.campaigns[0] ?? 0,
  )
  for (const number of cast.campaigns) {
    const message = cast.messages[number]
    if (message === undefined) continue
    const eligible = Math.max(1, cast.roster.countAt(message.sentS))
    const fair = Math.min(eligible, Math.floor((count * CAMPAIGN_RECIPIENTS * message.weight) / total))
    const recipients = number === largest && count >= LARGE ? Math.max(CROWD, fair) : fair
    // Primes, so that nobody receives it twice unless there are fewer customers than messages.
    const step = eligible % 7919 === 0 ? 7907 : 7919
    let profile = random.below(eligible)
    for (let k = 0; k < recipients; k++) {
      teller.receive(message.sentS + Math.floor(k / message.perSecond), profile, number)
      profile = (profile + step) % eligible
    }
  }
}
