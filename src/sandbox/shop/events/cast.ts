import type { Variant } from '../catalog.ts'
import type { Ground } from '../ground.ts'
import type { Group } from '../groups.ts'
import type { Message } from '../messages.ts'
import type { Roster } from '../roster.ts'
import { BlobPool, type Blobs } from './blob-pool.ts'
import { type MessageTexts, stockMessageTexts } from './message-texts.ts'
import { type Basket, stockBaskets, stockWares, type Ware } from './order-texts.ts'
import { stockVisitTexts, type VisitTexts } from './visit-texts.ts'

/** Everyone and everything that appears in events, with the texts that tell of it. */
export type Cast = Readonly<{
  ground: Ground
  roster: Roster
  metricIds: readonly string[]
  messages: readonly Message[]
  /** Numbers of messages, by flow, in the order of the flows. */
  flows: readonly (readonly number[])[]
  /** Numbers of the messages that campaigns sent. */
  campaigns: readonly number[]
  wares: readonly Ware[]
  baskets: readonly Basket[]
  messageTexts: MessageTexts
  visitTexts: VisitTexts
  blobs: Blobs
}>

type Parts = Readonly<{
  ground: Ground
  roster: Roster
  metricIds: readonly string[]
  variants: readonly Variant[]
  lists: readonly Group[]
  messages: readonly Message[]
}>

export function assembleCast({ ground, roster, metricIds, variants, lists, messages }: Parts): Cast {
  const pool = new BlobPool()
  const wares = stockWares(ground, pool, variants)
  const baskets = stockBaskets(ground, pool, wares)
  const messageTexts = stockMessageTexts(ground, pool, messages)
  const visitTexts = stockVisitTexts(ground, pool, lists)
  const flows = new Map<string, number[]>()
  const campaigns: number[] = []
  for (const [number, { flowId }] of messages.entries()) {
    if (flowId === null) campaigns.push(number)
    else flows.set(flowId, [...(flows.get(flowId) ?? []), number])
  }
  return {
    ground,
    roster,
    metricIds,
    messages,
    flows: [...flows.values()],
    campaigns,
    wares,
    baskets,
    messageTexts,
    visitTexts,
    blobs: pool.finish(),
  }
}
