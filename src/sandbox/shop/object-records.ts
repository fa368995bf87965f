import type { Basics } from './basics.ts'
import { uuid } from './ids.ts'
import { awkward } from './names.ts'
import type { ObjectDesign, Property } from './object-designs.ts'
import type { Random } from './random.ts'
import type { ResourceBuilder } from './resource-builder.ts'
import { DAY_S, microsText } from './time-text.ts'

type Parts = Readonly<{ basics: Basics; builder: ResourceBuilder; random: Random }>

/** The records of a type. Returns their ids. */
export function addRecords(
  { basics, builder, random }: Parts,
  { properties, records }: ObjectDesign,
  typeId: string,
): readonly string[] {
  return Array.from({ length: records }, (_, i) => {
    const recordId = `R-${1_000 + i}${i % 17 === 3 ? ' ä/1' : ''}`
    const values = properties.map((property) => [
      property.name,
      property.required ? recordId : valueOf(basics, random, property),
    ])
    const id = builder.add('object-record', `${typeId}:::${recordId}`, {
      record_properties: Object.fromEntries(values) as Record<string, unknown>,
    })
    builder.relate('object-record', id, 'object-type', [typeId])
    return id
  })
}

const valueOf = (basics: Basics, random: Random, { type }: Property): unknown => {
  if (random.chance(0.1)) return null
  switch (type) {
    case 'boolean':
      return random.chance(0.5)
    case 'float':
      return random.pick([0.1, 2.5, 1e21, -0.000_001, random.unit() * 100])
    case 'int':
      return random.chance(0.5) ? 9_007_199_254_740_993n + BigInt(random.below(1_000)) : random.below(100)
    case 'string':
      return random.pick(awkward)
    case 'timestamp':
      return microsText((basics.nowS + random.between(-90, 90) * DAY_S) * 1_000_000 + random.below(1_000_000))
    default:
      return type satisfies never
  }
}

/** What went wrong when records came in. */
export function addLogs(
  { basics, builder, random }: Parts,
  { logs, properties }: ObjectDesign,
  { typeId, records }: Readonly<{ typeId: string; records: readonly string[] }>,
): void {
  for (let i = 0; i < logs; i++) {
    const record = random.pick(records)
    const status = random.pick(['error', 'error', 'warning', 'info'])
    const recordId = record.slice(typeId.length + 3)
    const bare = status === 'info'
    const id = builder.add(
      'object-ingestion-log',
      uuid(random),
      {
        status,
        event_type: 'validation_error',
        timestamp: microsText((basics.nowS - random.below(30 * DAY_S)) * 1_000_000 - random.below(1_000_000)),
        summary: `${bare ? 0 : 1} validation error for ${recordId}`,
        errors: bare
          ? []
          : [
              {
                code: random.pick(['string_type', 'int_parsing', 'missing']),
                message: 'Input should be a valid string',
                property: random.pick(properties).name,
                invalid_value: random.chance(0.2) ? null : '["A1","Ü2"]',
              },
            ],
      },
      { record_id: recordId },
    )
    builder.relate('object-ingestion-log', id, 'object-type', [typeId])
    builder.relate('object-ingestion-log', id, 'object-record', [record])
  }
}
