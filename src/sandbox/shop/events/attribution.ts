import { uuidOf } from '../ids.ts'
import { metricNumber } from '../metrics.ts'
import type { EventSource, Relation, Resource } from '../types.ts'
import type { EventParts } from './event-parts.ts'
import { type EventTable, VISIBILITY_NOTED } from './event-table.ts'

/** Klaviyo's default window between a message and what is attributed to it. */
const WINDOW_S = 5 * 86_400
const clicks: ReadonlySet<number> = new Set([
  metricNumber.clickedEmail,
  metricNumber.clickedSms,
  metricNumber.openedPush,
])
const orders: ReadonlySet<number> = new Set([metricNumber.placedOrder, metricNumber.orderedProduct])

/** What an order is attributed to: the message, and the click that led to it. Empty for anything else. */
export function attributionOf(
  source: EventSource,
  eventParts: EventParts,
  table: EventTable,
  i: number,
): readonly Resource[] {
  const message = eventParts.messages[table.message[i] ?? 0]
  if (message === undefined || !orders.has(metricOf(table, i))) return []
  const id = source.id(i)
  const click = clickBefore(table, i)
  const relationships: Record<string, Relation> = {
    event: one('event', id),
    'attributed-event': one('event', click < 0 ? null : source.id(click)),
    campaign: one('campaign', message.campaignId),
    'campaign-message': one('campaign-message', message.flowId === null ? message.messageId : null),
    flow: one('flow', message.flowId),
    'flow-message': one('flow-message', message.flowId === null ? null : message.messageId),
    'flow-message-variation': one('flow-message', null),
  }
  return [{ type: 'attribution', id: uuidOf(id), attributes: {}, relationships }]
}

const one = (type: string, id: string | null): Relation => ({
  many: false,
  type,
  ids: id === null ? [] : [id],
})

const metricOf = (table: EventTable, i: number): number => (table.metric[i] ?? 0) & ~VISIBILITY_NOTED

const clickBefore = (table: EventTable, i: number): number => {
  const oldest = (table.time[i] ?? 0) - WINDOW_S
  for (let k = i - 1; k >= 0 && (table.time[k] ?? 0) >= oldest; k--) {
    if (
      table.profile[k] === table.profile[i] &&
      table.message[k] === table.message[i] &&
      clicks.has(metricOf(table, k))
    )
      return k
  }
  return -1
}
