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

/** More than one page of each, whatever the page size. */
const COUNTS = { templates: 120, images: 130, lists: 24, segments: 26, items: 140, campaigns: 170, flows: 60 }

/** A shop with what it takes to go on telling its story. */
export type Works = Readonly<{ shop: Shop; ground: Ground; people: People; cast: Cast }>

export function assembleShop(options: ShopOptions): Works {
  const ground = layGround(options)
  const shelf = new Shelf()
  stockTags(ground, shelf)
  stockTemplates(ground, shelf, COUNTS.templates)
  stockImages(ground, shelf, COUNTS.images)
  const metricIds = stockMetrics(ground, shelf)
  const lists = stockLists(ground, shelf, COUNTS.lists)
  const segments = stockSegments(ground, shelf, COUNTS.segments)
  const variants = stockCatalog(ground, shelf, COUNTS.items)
  const flowMessages = stockFlows(ground, shelf, COUNTS.flows)
  const messages = [...flowMessages, ...stockCampaigns(ground, shelf, COUNTS.campaigns)]

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

const counted = (group: Resource, memberships: Memberships): Resource => ({
  ...group,
  attributes: { ...group.attributes, profile_count: memberships.size(group.id) },
})
