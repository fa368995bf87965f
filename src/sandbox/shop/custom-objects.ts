import type { Ground } from './ground.ts'
import { ulid } from './ids.ts'
import { microLife } from './micro-life.ts'
import { type ObjectDesign, objectDesigns } from './object-designs.ts'
import { stockLogs, stockRecords } from './object-records.ts'
import type { Random } from './random.ts'
import type { Shelf } from './shelf.ts'
import { DAY_S, microsText } from './time-text.ts'

type Parts = Readonly<{ ground: Ground; shelf: Shelf; random: Random; sources: readonly string[] }>

/** Data sources, and custom objects from design to record: types, versions of their schemas, mappings, records, logs. */
export function stockCustomObjects(ground: Ground, shelf: Shelf): void {
  const random = ground.random('custom objects')
  const sources = stockDataSources(ground, shelf, random)
  const profileType = shelf.add('profile-object-type', ulid(random, ground.calendar.startS * 1000), {})
  const profileSchema = shelf.add('profile-object-schema', ulid(random, ground.calendar.startS * 1000), {})
  const parts = { ground, shelf, random, sources }
  for (const design of objectDesigns) {
    const typeId = stockType(parts, design)
    const schemaIds = stockSchemas(parts, design, typeId)
    if (!design.draftOnly) {
      shelf.relate('object-type', typeId, 'profile-object-types', [profileType])
      for (const id of schemaIds) shelf.relate('object-schema', id, 'profile-object-schemas', [profileSchema])
    }
    const records = stockRecords(parts, design, typeId)
    stockLogs(parts, design, { typeId, records })
  }
  connectFirstTwo(shelf)
}

const stockDataSources = ({ calendar }: Ground, shelf: Shelf, random: Random): readonly string[] =>
  ['Warehouse export', 'Kassensystem', 'API – 予約', 'Old “CRM”'].map((title, i) =>
    shelf.add('data-source', ulid(random, calendar.sample(random) * 1000), {
      title,
      visibility: i === 0 ? 'shared' : 'private',
      description: i === 3 ? '' : `Rows of ${title}, nightly`,
      namespace: 'custom-objects',
    }),
  )

const stockType = ({ ground, shelf, random }: Parts, design: ObjectDesign): string => {
  const { createdS, created, updated } = microLife(ground, random)
  return shelf.add('object-type', ulid(random, createdS * 1000), {
    title: design.title,
    description: design.description,
    status: design.draftOnly ? 'draft' : 'active',
    namespace: design.ofApp ? `applications/${ulid(random, createdS * 1000)}` : 'custom-objects',
    created_at: created,
    updated_at: updated,
  })
}

/** Oldest first. The last is the one in force, unless all there is is a draft. */
const stockSchemas = (parts: Parts, design: ObjectDesign, typeId: string): readonly string[] => {
  const { ground, shelf, random } = parts
  const firstS = ground.nowS - 400 * DAY_S
  const ids = Array.from({ length: design.versions }, (_, version) => {
    const madeS = firstS + version * 90 * DAY_S + random.below(DAY_S)
    // Properties come one by one as a schema grows.
    const known = design.properties.slice(0, design.properties.length - (design.versions - 1 - version))
    const last = version === design.versions - 1
    const id = shelf.add('object-schema', ulid(random, madeS * 1000), {
      title: design.title,
      description: design.description,
      status: design.draftOnly ? 'draft' : last ? 'active' : 'undefined',
      properties: known.map(({ name, type, description }, i) => ({ id: i + 1, name, type, description })),
      required: known.filter(({ required }) => required).map(({ name }) => name),
      published_at: design.draftOnly ? null : microsText(madeS * 1_000_000 + random.below(1_000_000)),
      visibility: design.ofApp ? 'shared' : 'private',
    })
    shelf.relate('object-schema', id, 'source-mapping', [stockMapping(parts, known.length, madeS)])
    return id
  })
  shelf.relate('object-type', typeId, 'schema-versions', ids)
  shelf.relate('object-type', typeId, design.draftOnly ? 'draft-schema' : 'current-schema', ids.slice(-1))
  return ids
}

const stockMapping = ({ shelf, random, sources }: Parts, properties: number, madeS: number): string => {
  const sourceId = random.pick(sources)
  return shelf.add('source-mapping', ulid(random, madeS * 1000), {
    property_mappings: Array.from({ length: properties }, (_, i) =>
      i === properties - 1 && properties > 2
        ? { id: i + 1, type: 'constant', value: random.pick(['été', 7, 2.5, true]) }
        : {
            id: i + 1,
            type: 'simple',
            source: { source_id: sourceId, id_path: "$['id']", data_path: `$['column ${i + 1}']` },
          },
    ),
    relationship_mappings: [
      {
        relationship_id: ulid(random, madeS * 1000),
        type: 'simple',
        source: {
          source_id: sourceId,
          type: 'profile',
          id_path: "$['id']",
          related_id_paths: [{ identifier_type: 'email', path: "$['e-mail']" }],
          update_strategy: random.pick(['additive', 'replace_from_origin', null]),
        },
      },
    ],
  })
}

/** Reservations belong to boxes, by type and by the schema in force. */
const connectFirstTwo = (shelf: Shelf): void => {
  const [box, reservation] = shelf.ids('object-type')
  const active = shelf
    .ids('object-schema')
    .filter((id) => shelf.attributes('object-schema', id)['status'] === 'active')
  const [boxSchema, reservationSchema] = active
  if (box === undefined || reservation === undefined) return
  if (boxSchema === undefined || reservationSchema === undefined) return
  shelf.relate('object-type', box, 'object-types', [reservation])
  shelf.relate('object-type', reservation, 'object-types', [box])
  shelf.relate('object-schema', boxSchema, 'object-schemas', [reservationSchema])
  shelf.relate('object-schema', reservationSchema, 'object-schemas', [boxSchema])
}
