import { metricNumber } from '../metrics.ts'
import { at, type Random } from '../random.ts'
import { DAY_S, HOUR_S } from '../time-text.ts'
import type { EventParts } from './event-parts.ts'
import { type EventTableBuilder, NO_MESSAGE } from './event-table.ts'
import type { Basket, Product } from './order-texts.ts'
import type { VisitTexts } from './visit-texts.ts'

const M = metricNumber
/** Postage, in cents. */
const SHIPPING = [0, 0, 495, 750, 1_299]
/** The flows in the order in which the shop has them. */
export const FLOW = { welcome: 0, checkout: 1, cart: 2, browse: 3, thanks: 4, review: 5 } as const

/**
 * Makes what customers do into events: a message is received, opened, clicked; a click or a visit becomes an order; an order is
 * fulfilled, a few are returned. What would happen after the end is left out.
 */
export class EventGenerator {
  readonly eventParts: EventParts
  readonly random: Random
  readonly #table: EventTableBuilder
  readonly #fromS: number
  readonly #untilS: number
  #session: number

  constructor(
    eventParts: EventParts,
    table: EventTableBuilder,
    random: Random,
    span: Readonly<{ fromS: number; untilS: number; firstSession: number }>,
  ) {
    this.eventParts = eventParts
    this.random = random
    this.#table = table
    this.#fromS = span.fromS
    this.#untilS = span.untilS
    this.#session = span.firstSession
  }

  /** One of the customers of that moment: the early ones come more often. */
  customerAt(atS: number): number {
    const eligible = this.eventParts.profileTable.countAt(atS)
    return Math.floor(Math.max(1, eligible) * this.random.unit() ** 1.5)
  }

  /** A visit that may end in an order. */
  visit(atS: number, profile: number): void {
    const { random } = this
    const session = this.#session++
    this.simple(atS, 'activeOnSite', profile, session)
    if (random.chance(0.08))
      this.simple(
        atS + random.below(60),
        random.chance(0.25) ? 'submittedForm' : 'viewedForm',
        profile,
        session,
      )
    if (random.chance(0.1)) this.simple(atS + random.below(90), 'submittedSearch', profile, session)
    const views = random.below(4)
    let product = random.pick(this.eventParts.products)
    for (let v = 0; v < views; v++) {
      this.#product(
        atS + 20 + v * 40 + random.below(30),
        M.viewedProduct,
        product.viewed,
        profile,
        product,
        session,
      )
      if (v < views - 1) product = random.pick(this.eventParts.products)
    }
    if (views === 0 || !random.chance(0.4)) {
      if (views > 1 && random.chance(0.1)) this.flow(FLOW.browse, atS + 2 * HOUR_S, profile)
      return
    }
    this.#product(atS + 200 + random.below(100), M.addedToCart, product.added, profile, product, session)
    if (random.chance(0.35)) this.order(atS + 300 + random.below(600), profile, NO_MESSAGE)
    else if (random.chance(0.3)) this.flow(FLOW.cart, atS + 4 * HOUR_S, profile)
  }

  /** From the checkout on. */
  order(atS: number, profile: number, message: number): void {
    const { random } = this
    const basket = random.pick(this.eventParts.baskets)
    const session = this.#session++
    const cents = basket.cents + random.pick(SHIPPING)
    this.#put(atS, M.startedCheckout, profile, basket.checkout, NO_MESSAGE, cents, session)
    if (random.chance(0.25)) {
      if (random.chance(0.5)) this.flow(FLOW.checkout, atS + HOUR_S, profile)
      return
    }
    const placedS = atS + 60 + random.below(240)
    this.#put(placedS, M.placedOrder, profile, basket.placed, message, cents, session)
    for (const { product, quantity } of basket.lines) {
      // In the second of the order, as shops report them.
      this.#put(
        placedS,
        M.orderedProduct,
        profile,
        product.ordered,
        message,
        product.variant.priceCents * quantity,
        session,
      )
    }
    if (random.chance(0.3)) this.simple(placedS + 1, 'earnedPoints', profile, session)
    this.#afterwards(placedS, profile, basket, cents, session)
  }

  #afterwards(placedS: number, profile: number, basket: Basket, cents: number, session: number): void {
    const { random } = this
    const fate = random.unit()
    if (fate < 0.03) {
      this.#put(
        placedS + random.below(DAY_S),
        M.cancelledOrder,
        profile,
        basket.cancelled,
        NO_MESSAGE,
        cents,
        session,
      )
      return
    }
    const fulfilledS = placedS + HOUR_S * 6 + random.below(3 * DAY_S)
    this.#put(fulfilledS, M.fulfilledOrder, profile, basket.fulfilled, NO_MESSAGE, cents, session)
    const deliveredS = fulfilledS + DAY_S + random.below(4 * DAY_S)
    if (random.chance(0.8))
      this.#put(deliveredS, M.deliveredShipment, profile, basket.delivered, NO_MESSAGE, 0, session)
    if (fate < 0.08) {
      this.#put(
        deliveredS + random.below(25 * DAY_S),
        M.refundedOrder,
        profile,
        basket.refunded,
        NO_MESSAGE,
        cents,
        session,
      )
    } else if (fate < 0.2) {
      this.flow(FLOW.review, deliveredS + 3 * DAY_S, profile)
      if (random.chance(0.3))
        this.simple(deliveredS + 4 * DAY_S + random.below(DAY_S), 'reviewedProduct', profile, session)
    }
    if (random.chance(0.15)) this.flow(FLOW.thanks, placedS + 2 * HOUR_S, profile)
  }

  /** The first messages of a flow, as far as they were live then. */
  flow(flow: number, atS: number, profile: number): void {
    const messages = this.eventParts.flows[flow]
    if (messages === undefined) return
    let sentS = atS
    for (const message of messages) {
      this.receive(sentS, profile, message)
      if (this.random.chance(0.6)) return
      sentS += DAY_S + this.random.below(HOUR_S)
    }
  }

  /** One message to one customer, and what comes of it. */
  receive(atS: number, profile: number, message: number): void {
    switch (at(this.eventParts.messages, message).channel) {
      case 'email':
        this.#receiveEmail(atS, profile, message)
        return
      case 'sms':
        this.#receiveSms(atS, profile, message)
        return
      case 'mobile_push':
        this.#receivePush(atS, profile, message)
    }
  }

  #receivePush(atS: number, profile: number, message: number): void {
    this.#message(atS, M.receivedPush, profile, message)
    if (this.random.chance(0.07)) this.#message(this.#later(atS), M.openedPush, profile, message)
  }

  #receiveEmail(atS: number, profile: number, message: number): void {
    const { random } = this
    const fate = random.unit()
    if (fate < 0.02) {
      this.#message(atS, fate < 0.012 ? M.bouncedEmail : M.droppedEmail, profile, message)
      return
    }
    this.#message(atS, M.receivedEmail, profile, message)
    if (fate < 0.6) return
    const openedS = this.#later(atS)
    this.#message(openedS, M.openedEmail, profile, message)
    if (fate > 0.93) this.#message(this.#later(openedS), M.openedEmail, profile, message)
    if (fate < 0.6005) this.#message(openedS + 9, M.spamEmail, profile, message)
    else if (fate < 0.603) this.#message(openedS + 15, M.unsubscribedEmail, profile, message)
    if (!random.chance(0.18)) return
    const clickedS = openedS + 4 + random.below(300)
    this.#message(clickedS, M.clickedEmail, profile, message)
    if (random.chance(0.2)) this.order(clickedS + 90 + random.below(HOUR_S), profile, message)
  }

  #receiveSms(atS: number, profile: number, message: number): void {
    const { random } = this
    const fate = random.unit()
    this.#message(atS, fate < 0.02 ? M.failedSms : M.receivedSms, profile, message)
    if (fate < 0.86) return
    const clickedS = this.#later(atS)
    this.#message(clickedS, fate < 0.865 ? M.unsubscribedSms : M.clickedSms, profile, message)
    if (random.chance(0.15)) this.order(clickedS + random.below(HOUR_S), profile, message)
  }

  /** An event whose text depends on the metric alone. */
  simple(atS: number, metric: keyof VisitTexts, profile: number, session = this.#session++): void {
    const cents = metric === 'boughtInStore' ? 500 + this.random.below(20_000) : 0
    this.#put(
      atS,
      M[metric],
      profile,
      this.random.pick(this.eventParts.visitTexts[metric]),
      NO_MESSAGE,
      cents,
      session,
    )
  }

  /** Soon for most, days for some. */
  #later(atS: number): number {
    return atS + 20 + Math.floor(3 * DAY_S * this.random.unit() ** 5)
  }

  #product(
    atS: number,
    metric: number,
    blob: number,
    profile: number,
    product: Product,
    session: number,
  ): void {
    this.#put(atS, metric, profile, blob, NO_MESSAGE, product.variant.priceCents, session)
  }

  #message(atS: number, metric: number, profile: number, message: number): void {
    const { first, variants } = this.eventParts.messageTexts
    const blob = (first[metric]?.[message] ?? 0) + this.random.below(variants[metric] ?? 1)
    this.#put(atS, metric, profile, blob, message, 0, this.#session++)
  }

  #put(
    atS: number,
    metric: number,
    profile: number,
    blob: number,
    message: number,
    cents: number,
    session: number,
  ): void {
    if (atS >= this.#fromS && atS < this.#untilS)
      this.#table.put(atS, metric, profile, blob, message, cents, session)
  }
}
