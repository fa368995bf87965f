import type { Basics } from './basics.ts'
import { hexId, shortId, unique } from './ids.ts'
import { at } from './random.ts'
import type { ResourceBuilder } from './resource-builder.ts'
import { secondsText } from './time-text.ts'

type Source = 'shopify' | 'klaviyo' | 'api' | 'none'

/** In this order they are numbered in the tables of events. `none` has no integration at all, as some API metrics. */
const metricList = [
  ['placedOrder', 'Placed Order', 'shopify'],
  ['orderedProduct', 'Ordered Product', 'shopify'],
  ['startedCheckout', 'Started Checkout', 'shopify'],
  ['addedToCart', 'Added to Cart', 'shopify'],
  ['viewedProduct', 'Viewed Product', 'api'],
  ['cancelledOrder', 'Cancelled Order', 'shopify'],
  ['refundedOrder', 'Refunded Order', 'shopify'],
  ['fulfilledOrder', 'Fulfilled Order', 'shopify'],
  ['deliveredShipment', 'Delivered Shipment', 'shopify'],
  ['receivedEmail', 'Received Email', 'klaviyo'],
  ['openedEmail', 'Opened Email', 'klaviyo'],
  ['clickedEmail', 'Clicked Email', 'klaviyo'],
  ['bouncedEmail', 'Bounced Email', 'klaviyo'],
  ['droppedEmail', 'Dropped Email', 'klaviyo'],
  ['spamEmail', 'Marked Email as Spam', 'klaviyo'],
  ['unsubscribedEmail', 'Unsubscribed from Email Marketing', 'klaviyo'],
  ['subscribedEmail', 'Subscribed to Email Marketing', 'klaviyo'],
  ['subscribedList', 'Subscribed to List', 'klaviyo'],
  ['unsubscribedList', 'Unsubscribed from List', 'klaviyo'],
  ['updatedPreferences', 'Updated Email Preferences', 'klaviyo'],
  ['receivedSms', 'Received SMS', 'klaviyo'],
  ['clickedSms', 'Clicked SMS', 'klaviyo'],
  ['failedSms', 'Failed to Deliver SMS', 'klaviyo'],
  ['consentedSms', 'Subscribed to SMS Marketing', 'klaviyo'],
  ['unsubscribedSms', 'Unsubscribed from SMS Marketing', 'klaviyo'],
  ['receivedPush', 'Received Push', 'klaviyo'],
  ['openedPush', 'Opened Push', 'klaviyo'],
  ['activeOnSite', 'Active on Site', 'api'],
  ['viewedForm', 'Viewed Form', 'klaviyo'],
  ['submittedForm', 'Form submitted by profile', 'klaviyo'],
  ['submittedSearch', 'Submitted Search', 'api'],
  ['earnedPoints', 'Loyalty Points Earned', 'api'],
  ['finishedQuiz', 'Questionnaire terminé ✨', 'none'],
  ['boughtInStore', 'In-Store Purchase', 'none'],
  ['reviewedProduct', 'Submitted Review', 'api'],
] as const satisfies readonly (readonly [string, string, Source])[]

export type MetricKey = (typeof metricList)[number][0]

export const metricKeys: readonly MetricKey[] = metricList.map(([key]) => key)

/** The number that stands for a metric in the tables of events. */
export const metricNumber = Object.fromEntries(metricKeys.map((key, number) => [key, number])) as Readonly<
  Record<MetricKey, number>
>

const integrations: Readonly<Record<Source, unknown>> = {
  shopify: { object: 'integration', id: '0eMvjm', key: 'shopify', name: 'Shopify', category: 'eCommerce' },
  klaviyo: { object: 'integration', id: '0rG4eQ', key: 'klaviyo', name: 'Klaviyo', category: 'Internal' },
  // An object where others have a text: real accounts have both.
  api: {
    object: 'integration',
    id: '7FtS4J',
    key: 'api',
    name: 'API',
    category: { id: 8, object: 'integration_category', name: 'API' },
  },
  none: null,
}

/** Metrics, custom and mapped ones, and the properties of a few. Returns the ids in the order of `metricKeys`. */
export function addMetrics(basics: Basics, builder: ResourceBuilder): readonly string[] {
  const random = basics.random('metrics')
  const id = unique(() => shortId(random))
  const ids = metricList.map(([, name, source]) => {
    // Klaviyo's `updated` of a metric never moves.
    const created = secondsText(basics.calendar.startS + random.below(30 * 86_400))
    return builder.add('metric', id(), { name, created, updated: created, integration: integrations[source] })
  })
  addCustomMetrics(basics, builder, ids)
  addProperties(basics, builder, ids)
  return ids
}

const addCustomMetrics = (basics: Basics, builder: ResourceBuilder, ids: readonly string[]): void => {
  const random = basics.random('custom metrics')
  const metric = (key: MetricKey): string => at(ids, metricNumber[key])
  const custom = (name: string, value: string | null, keys: readonly MetricKey[]): string => {
    const created = secondsText(basics.calendar.sample(random))
    const newId = builder.add('custom-metric', hexId(random, 32), {
      name,
      created,
      updated: created,
      definition: {
        aggregation_method: value === null ? 'count' : 'value',
        metric_groups: keys.map((key) => ({
          metric_id: metric(key),
          metric_filters: null,
          value_property: value,
        })),
      },
    })
    builder.relate('custom-metric', newId, 'metrics', keys.map(metric))
    return newId
  }
  const revenue = custom('Online + in-store revenue', '$value', ['placedOrder', 'boughtInStore'])
  custom('Engagements', null, ['openedEmail', 'clickedEmail', 'clickedSms', 'openedPush'])
  custom('Loyal “gold” points', 'Points', ['earnedPoints'])

  const slots: Readonly<Record<string, MetricKey | null>> = {
    added_to_cart: 'addedToCart',
    cancelled_sales: 'cancelledOrder',
    ordered_product: 'orderedProduct',
    refunded_sales: 'refundedOrder',
    revenue: null,
    started_checkout: 'startedCheckout',
    viewed_product: 'viewedProduct',
  }
  for (const [slot, key] of Object.entries(slots)) {
    builder.add('mapped-metric', slot, { updated: secondsText(basics.calendar.sample(random)) })
    if (key === null) builder.relate('mapped-metric', slot, 'custom-metric', [revenue])
    else builder.relate('mapped-metric', slot, 'metric', [metric(key)])
  }
}

const properties: readonly (readonly [string, string, readonly unknown[]])[] = [
  ['$value', 'numeric', [19.99, 240, 0]],
  ['OrderId', 'numeric', [1001]],
  ['Items', 'list', ['Linen shirt', 'Sel de mer']],
  ['Discount Code', 'text', ['WELCOME10', '']],
  ['is gift 🎁', 'boolean', [true, false]],
]

const addProperties = (basics: Basics, builder: ResourceBuilder, ids: readonly string[]): void => {
  const random = basics.random('metric properties')
  for (const metricId of ids) {
    for (const [property, type, samples] of properties) {
      const id = builder.add('metric-property', hexId(random, 32), {
        label: property.replace('$', ''),
        property,
        inferred_type: type,
        sample_values: samples,
      })
      builder.relate('metric-property', id, 'metric', [metricId])
    }
  }
}
