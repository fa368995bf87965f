import { stockCampaigns } from './campaigns.ts'
import { stockCatalog } from './catalog.ts'
import { assembleCast, type Cast } from './events/cast.ts'
import { TableEventSource } from './events/event-source.ts'
import { tellHistory } from './events/history.ts'
import { stockFlows } from './flows.ts'
import { layGround, type Ground } from './ground.ts'
import { stockLists, stockSegments } from './groups.ts'
import { stockImages } from './images.ts'
import { stockMetrics } from './metrics.ts'
import { Footprints } from './people/footprints.ts'
import { Memberships } from './people/memberships.ts'
import { People } from './people/people.ts'
import { byProfile, RosterProfiles } from './people/profile-source.ts'
import { Roster } from './roster.ts'
import { Shelf } from './shelf.ts'
import { stockRest } from './stock-rest.ts'
import { stockTags } from './tags.ts'
import { stockTemplates } from './templates.ts'
import type { Resource, Shop, ShopOptions } from './types.ts'

/** More than one page of each, whatever the page size; a shop of more events than this has gently more. */
const SMALL_EVENTS = 20_000
const COUNTS = { templates: 120, images: 130, lists: 24, segments: 26, items: 140, campaigns: 170, flows: 60 }

/** A shop with what it takes to go on telling its story. */
export type Works = Readonly<{ shop: Shop; ground: Ground; people: People; cast: Cast }>

export function assembleShop(options: ShopOptions): Works {
  const ground = layGround(options)
  const shelf = new Shelf()
  const counts = scaled(Math.min(2.5, Math.max(1, (options.events / SMALL_EVENTS) ** 0.2)))
  stockTags(ground, shelf)
  stockTemplates(ground, shelf, counts.templates)
  stockImages(ground, shelf, counts.images)
  const metricIds = stockMetrics(ground, shelf)
  const lists = stockLists(ground, shelf, counts.lists)
  const segments = stockSegments(ground, shelf, counts.segments)
  const variants = stockCatalog(ground, shelf, counts.items)
  const flowMessages = stockFlows(ground, shelf, counts.flows)
  const messages = [...flowMessages, ...stockCampaigns(ground, shelf, counts.campaigns)]

  const roster = new Roster(ground, options.profiles)
  const people = new People(ground, roster)
  const cast = assembleCast({ ground, roster, metricIds, variants, lists, messages })
  const table = tellHistory(cast, options.events)
  const events = new TableEventSource(cast, table, ground.seed)
  stockRest({ ground, shelf, profiles: people, events })

  const memberships = new Memberships(ground, roster, [...lists, ...segments])
  const resources = new Map(shelf.finish())
  for (const type of ['list', 'segment']) {
    resources.set(
      type,
      (resources.get(type) ?? []).map((group) => counted(group, memberships)),
    )
  }
  const profiles = new RosterProfiles({
    ground,
    people,
    memberships,
    lists,
    segments,
    footprints: new Footprints(table, roster.count, ground.nowS),
    belongings: {
      'push-tokens': { type: 'push-token', byProfile: byProfile(resources.get('push-token') ?? []) },
      conversations: { type: 'conversation', byProfile: byProfile(resources.get('conversation') ?? []) },
    },
  })
  const shop: Shop = {
    accountId: ground.accountId,
    resources,
    profiles,
    events,
    memberships: (id) => memberships.of(id),
  }
  return { shop, ground, people, cast }
}

const scaled = (scale: number): typeof COUNTS => ({
  templates: Math.round(COUNTS.templates * scale),
  images: Math.round(COUNTS.images * scale),
  lists: Math.round(COUNTS.lists * scale),
  segments: Math.round(COUNTS.segments * scale),
  items: Math.round(COUNTS.items * scale),
  campaigns: Math.round(COUNTS.campaigns * scale),
  flows: Math.round(COUNTS.flows * scale),
})

const counted = (group: Resource, memberships: Memberships): Resource => ({
  ...group,
  attributes: { ...group.attributes, profile_count: memberships.size(group.id) },
})
