import { addCampaigns } from './campaigns.ts'
import { addCatalog } from './catalog.ts'
import { buildEventParts, type EventParts } from './events/event-parts.ts'
import { TableEventSource } from './events/event-source.ts'
import { generateHistory } from './events/history.ts'
import { addFlows } from './flows.ts'
import { shopBasics, type Basics } from './basics.ts'
import { addLists, addSegments } from './groups.ts'
import { addImages } from './images.ts'
import { addMetrics } from './metrics.ts'
import { ProfileActivity } from './people/profile-activity.ts'
import { Memberships } from './people/memberships.ts'
import { People } from './people/people.ts'
import { byProfile, TableProfileSource } from './people/profile-source.ts'
import { ProfileTable } from './profile-table.ts'
import { ResourceBuilder } from './resource-builder.ts'
import { addOtherResources } from './other-resources.ts'
import { addTags } from './tags.ts'
import { addTemplates } from './templates.ts'
import type { Resource, Shop, ShopOptions } from './types.ts'

/** More than one page of each, whatever the page size; a shop of more events than this has gently more. */
const SMALL_EVENTS = 20_000
const COUNTS = { templates: 120, images: 130, lists: 24, segments: 26, items: 140, campaigns: 170, flows: 60 }

/** A shop with what it takes to make more rows in its style. */
export type BuiltShop = Readonly<{ shop: Shop; basics: Basics; people: People; eventParts: EventParts }>

export function assembleShop(options: ShopOptions): BuiltShop {
  const basics = shopBasics(options)
  const builder = new ResourceBuilder()
  const counts = scaled(Math.min(2.5, Math.max(1, (options.events / SMALL_EVENTS) ** 0.2)))
  addTags(basics, builder)
  addTemplates(basics, builder, counts.templates)
  addImages(basics, builder, counts.images)
  const metricIds = addMetrics(basics, builder)
  const lists = addLists(basics, builder, counts.lists)
  const segments = addSegments(basics, builder, counts.segments)
  const variants = addCatalog(basics, builder, counts.items)
  const flowMessages = addFlows(basics, builder, counts.flows)
  const messages = [...flowMessages, ...addCampaigns(basics, builder, counts.campaigns)]

  const profileTable = new ProfileTable(basics, options.profiles)
  const people = new People(basics, profileTable)
  const eventParts = buildEventParts({ basics, profileTable, metricIds, variants, lists, messages })
  const table = generateHistory(eventParts, options.events)
  const events = new TableEventSource(eventParts, table, basics.seed)
  addOtherResources({ basics, builder, profiles: people, events })

  const memberships = new Memberships(basics, profileTable, [...lists, ...segments])
  const resources = new Map(builder.finish())
  for (const type of ['list', 'segment']) {
    resources.set(
      type,
      (resources.get(type) ?? []).map((group) => counted(group, memberships)),
    )
  }
  const profiles = new TableProfileSource({
    basics,
    people,
    memberships,
    lists,
    segments,
    activities: new ProfileActivity(table, profileTable.count, basics.nowS),
    related: {
      'push-tokens': { type: 'push-token', byProfile: byProfile(resources.get('push-token') ?? []) },
      conversations: { type: 'conversation', byProfile: byProfile(resources.get('conversation') ?? []) },
    },
  })
  const shop: Shop = {
    accountId: basics.accountId,
    resources,
    profiles,
    events,
    memberships: (id) => memberships.of(id),
  }
  return { shop, basics, people, eventParts }
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
