import type { Basics } from './basics.ts'
import { ulid } from './ids.ts'
import { makeTimestampTexts } from './timestamp-texts.ts'
import { type ObjectDesign, objectDesigns } from './object-designs.ts'
import { addLogs, addRecords } from './object-records.ts'
import type { Random } from './random.ts'
import type { ResourceBuilder } from './resource-builder.ts'
import { DAY_S, microsText } from './time-text.ts'

type Parts = Readonly<{
  basics: Basics
  builder: ResourceBuilder
  random: Random
  sources: readonly string[]
}>

/** Data sources, and custom objects from design to record: types, versions of their schemas, mappings, records, logs. */
export function addCustomObjects(basics: Basics, builder: ResourceBuilder): void {
  const random = basics.random('custom objects')
  const sources = addDataSources(basics, builder, random)
  const profileType = builder.add('profile-object-type', ulid(random, basics.calendar.startS * 1000), {})
  const profileSchema = builder.add('profile-object-schema', ulid(random, basics.calendar.startS * 1000), {})
  const parts = { basics, builder, random, sources }
  for (const design of objectDesigns) {
    const typeId = addType(parts, design)
    const schemaIds = addSchemas(parts, design, typeId)
    if (!design.draftOnly) {
      builder.relate('object-type', typeId, 'profile-object-types', [profileType])
      for (const id of schemaIds)
        builder.relate('object-schema', id, 'profile-object-schemas', [profileSchema])
    }
    const records = addRecords(parts, design, typeId)
    addLogs(parts, design, { typeId, records })
  }
  connectFirstTwo(builder)
}

const addDataSources = ({ calendar }: Basics, builder: ResourceBuilder, random: Random): readonly string[] =>
  ['Warehouse export', 'Kassensystem', 'API – 予約', 'Old “CRM”'].map((title, i) =>
    builder.add('data-source', ulid(random, calendar.sample(random) * 1000), {
      title,
      visibility: i === 0 ? 'shared' : 'private',
      description: i === 3 ? '' : `Rows of ${title}, nightly`,
      namespace: 'custom-objects',
    }),
  )

const addType = ({ basics, builder, random }: Parts, design: ObjectDesign): string => {
  const { createdS, created, updated } = makeTimestampTexts(basics, random)
  return builder.add('object-type', ulid(random, createdS * 1000), {
    title: design.title,
    description: design.description,
    status: design.draftOnly ? 'draft' : 'active',
    namespace: design.ofApp ? `applications/${ulid(random, createdS * 1000)}` : 'custom-objects',
    created_at: created,
    updated_at: updated,
  })
}

/** Oldest first. The last is the one in force, unless all there is is a draft. */
const addSchemas = (parts: Parts, design: ObjectDesign, typeId: string): readonly string[] => {
  const { basics, builder, random } = parts
  const firstS = basics.nowS - 400 * DAY_S
  const ids = Array.from({ length: design.versions }, (_, version) => {
    const madeS = firstS + version * 90 * DAY_S + random.below(DAY_S)
    // Properties come one by one as a schema grows.
    const known = design.properties.slice(0, design.properties.length - (design.versions - 1 - version))
    const last = version === design.versions - 1
    const id = builder.add('object-schema', ulid(random, madeS * 1000), {
      title: design.title,
      description: design.description,
      status: design.draftOnly ? 'draft' : last ? 'active' : 'undefined',
      properties: known.map(({ name, type, description }, i) => ({ id: i + 1, name, type, description })),
      required: known.filter(({ required }) => required).map(({ name }) => name),
      published_at: design.draftOnly ? null : microsText(madeS * 1_000_000 + random.below(1_000_000)),
      visibility: design.ofApp ? 'shared' : 'private',
    })
    builder.relate('object-schema', id, 'source-mapping', [addMapping(parts, known.length, madeS)])
    return id
  })
  builder.relate('object-type', typeId, 'schema-versions', ids)
  builder.relate('object-type', typeId, design.draftOnly ? 'draft-schema' : 'current-schema', ids.slice(-1))
  return ids
}

const addMapping = ({ builder, random, sources }: Parts, properties: number, madeS: number): string => {
  const sourceId = random.pick(sources)
  return builder.add('source-mapping', ulid(random, madeS * 1000), {
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
const connectFirstTwo = (builder: ResourceBuilder): void => {
  const [box, reservation] = builder.ids('object-type')
  const active = builder
    .ids('object-schema')
    .filter((id) => builder.attributes('object-schema', id)['status'] === 'active')
  const [boxSchema, reservationSchema] = active
  if (box === undefined || reservation === undefined) return
  if (boxSchema === undefined || reservationSchema === undefined) return
  builder.relate('object-type', box, 'object-types', [reservation])
  builder.relate('object-type', reservation, 'object-types', [box])
  builder.relate('object-schema', boxSchema, 'object-schemas', [reservationSchema])
  builder.relate('object-schema', reservationSchema, 'object-schemas', [boxSchema])
}
