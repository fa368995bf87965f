import type { Variant } from '../catalog.ts'
import type { Basics } from '../basics.ts'
import type { Group } from '../groups.ts'
import type { Message } from '../messages.ts'
import type { ProfileTable } from '../profile-table.ts'
import { BlobPool, type Blobs } from './blob-pool.ts'
import { type MessageTexts, addMessageTexts } from './message-texts.ts'
import { type Basket, addBaskets, addProducts, type Product } from './order-texts.ts'
import { addVisitTexts, type VisitTexts } from './visit-texts.ts'

/** What events are put together from: everyone and everything that appears in them, and their texts. */
export type EventParts = Readonly<{
  basics: Basics
  profileTable: ProfileTable
  metricIds: readonly string[]
  messages: readonly Message[]
  /** Numbers of messages, by flow, in the order of the flows. */
  flows: readonly (readonly number[])[]
  /** Numbers of the messages that campaigns sent. */
  campaigns: readonly number[]
  products: readonly Product[]
  baskets: readonly Basket[]
  messageTexts: MessageTexts
  visitTexts: VisitTexts
  blobs: Blobs
}>

type Parts = Readonly<{
  basics: Basics
  profileTable: ProfileTable
  metricIds: readonly string[]
  variants: readonly Variant[]
  lists: readonly Group[]
  messages: readonly Message[]
}>

export function buildEventParts({
  basics,
  profileTable,
  metricIds,
  variants,
  lists,
  messages,
}: Parts): EventParts {
  const pool = new BlobPool()
  const products = addProducts(basics, pool, variants)
  const baskets = addBaskets(basics, pool, products)
  const messageTexts = addMessageTexts(basics, pool, messages)
  const visitTexts = addVisitTexts(basics, pool, lists)
  const flows = new Map<string, number[]>()
  const campaigns: number[] = []
  for (const [number, { flowId }] of messages.entries()) {
    if (flowId === null) campaigns.push(number)
    else flows.set(flowId, [...(flows.get(flowId) ?? []), number])
  }
  return {
    basics,
    profileTable,
    metricIds,
    messages,
    flows: [...flows.values()],
    campaigns,
    products,
    baskets,
    messageTexts,
    visitTexts,
    blobs: pool.finish(),
  }
}
