// Derives the sandbox's own data from Klaviyo's OpenAPI file: every readable operation under /api with what it takes
// and what it answers. Facts only, no prose. The catalog of `src/klaviyo` is compiled by another script, on purpose:
// one reader of the file must not repeat the other's mistakes.
//
//   node scripts/compile-sandbox-spec.mjs [../shared/klaviyo-openapi/stable.json]
import { readFileSync, writeFileSync } from 'node:fs'

const file = process.argv[2] ?? process.env.SLUICE_SPEC ?? '../shared/klaviyo-openapi/stable.json'
const spec = JSON.parse(readFileSync(file, 'utf8'))
const target = 'src/sandbox/spec.generated.json'

const resolve = (schema) =>
  schema?.$ref === undefined ? schema : resolve(spec.components.schemas[schema.$ref.split('/').at(-1)])

/** One object schema out of `allOf` and `$ref`: its properties, each with whether it may be null. */
function flatten(schema) {
  const { $ref, nullable, ...rest } = schema ?? {}
  const base = $ref === undefined ? rest : { ...resolve({ $ref }), ...rest }
  const parts = [base, ...(base.allOf ?? []).map(flatten)]
  const properties = {}
  for (const part of parts) {
    for (const [name, property] of Object.entries(part.properties ?? {})) {
      properties[name] = name in properties ? { allOf: [properties[name], property] } : property
    }
  }
  return {
    ...base,
    properties,
    items: parts.find((part) => part.items !== undefined)?.items,
    oneOf: parts.find((part) => part.oneOf !== undefined)?.oneOf,
    required: parts.flatMap((part) => part.required ?? []),
    nullable: nullable ?? parts.some((part) => part.nullable),
  }
}

const shared = (list) => {
  const seen = new Map()
  return (value) => {
    const text = JSON.stringify(value)
    if (!seen.has(text)) seen.set(text, list.push(value) - 1)
    return seen.get(text)
  }
}
const enums = []
const enumOf = shared(enums)
const shapes = []
const shapeOf = shared(shapes)

const typeOf = (resource) => resolve(resource.properties.type.allOf?.[0] ?? resource.properties.type).enum[0]

/** What a resource may hold: attributes with whether they may be null, relationships with their end. */
function shape(schema) {
  const resource = flatten(schema)
  const attributes = flatten(resource.properties.attributes).properties
  const relationships = flatten(resource.properties.relationships).properties
  return {
    type: typeOf(resource),
    attributes: Object.fromEntries(
      Object.entries(attributes).map(([name, value]) => [name, flatten(value).nullable]),
    ),
    hasAttributes: 'attributes' in resource.properties,
    hasLinks: 'links' in resource.properties,
    relationships: Object.fromEntries(
      Object.entries(relationships).map(([name, value]) => {
        const data = flatten(flatten(value).properties.data)
        const many = data.items !== undefined
        return [name, { many, type: typeOf(many ? flatten(data.items) : data) }]
      }),
    ),
  }
}

/** `75/s 750/m` with an optional daily quota, from the extension or from a sentence about a costly parameter. */
const rate = (burst, steady, daily) => ({
  perSecond: Number.parseInt(burst, 10),
  perMinute: Number.parseInt(steady, 10),
  ...(daily === undefined ? {} : { perDay: Number.parseInt(daily, 10) }),
})

const REDUCED =
  /Rate limits when using the `([^`=]+)=([^`]+)` parameter[^]*?Burst: `(\d+)\/s`[^]*?Steady: `(\d+)\/m`/g

function operation(path, get) {
  const parameters = Object.fromEntries(get.parameters.map((parameter) => [parameter.name, parameter]))
  const listed = (name) => parameters[name]?.schema.items?.enum ?? []
  const byType = (prefix) =>
    Object.fromEntries(
      Object.keys(parameters)
        .filter((name) => name.startsWith(`${prefix}[`))
        .map((name) => [name.slice(prefix.length + 1, -1), enumOf(listed(name))]),
    )
  const body = flatten(get.responses['200'].content['application/vnd.api+json'].schema)
  const data = flatten(body.properties.data)
  const many = data.items !== undefined
  const primary = many ? data.items : body.properties.data
  const included = body.properties.included && flatten(flatten(body.properties.included).items)
  const size = parameters['page[size]']?.schema
  const rows = /maximum of (\d+) [^.]*per page/.exec(get.description)?.[1]
  const limit = get['x-klaviyo-ratelimit']

  return {
    id: get.operationId,
    path,
    many,
    idsOnly: path.includes('/relationships/'),
    type: typeOf(flatten(primary)),
    shape: shapeOf(shape(primary)),
    included:
      included === undefined ? [] : (included.oneOf ?? [included]).map((each) => shapeOf(shape(each))),
    scopes: get['x-klaviyo-scopes'],
    rate: rate(limit.burst, limit.steady, limit.daily),
    reduced: [...get.description.matchAll(REDUCED)].map(([, parameter, value, burst, steady]) => ({
      parameter,
      value,
      rate: rate(burst, steady),
    })),
    paging:
      parameters['page[cursor]'] === undefined && size === undefined
        ? null
        : {
            rows: rows === undefined ? null : Number(rows),
            size:
              size === undefined
                ? null
                : { min: size.minimum ?? 1, default: size.default, max: size.maximum },
          },
    filter:
      parameters.filter === undefined
        ? null
        : {
            required: parameters.filter.required ?? false,
            fields: Object.fromEntries(
              Object.entries(get['x-klaviyo-filters'] ?? {}).map(([field, { operators, value }]) => [
                field,
                {
                  single: [...(operators.single ?? []), ...(operators.none ?? [])],
                  list: operators.list ?? [],
                  type: value === undefined ? 'none' : (value.format ?? value.type),
                  ...(value?.enum === undefined ? {} : { values: value.enum }),
                },
              ]),
            ),
          },
    sorts: parameters.sort?.schema.enum ?? [],
    includes: listed('include'),
    fields: byType('fields'),
    additionalFields: byType('additional-fields'),
  }
}

const operations = Object.entries(spec.paths)
  .filter(([path, methods]) => path.startsWith('/api/') && methods.get !== undefined)
  .map(([path, { get }]) => operation(path, get))

const compiled = { revision: spec.info.version, operations, enums, shapes }
writeFileSync(
  target,
  `{\n"revision": ${JSON.stringify(compiled.revision)},\n${['operations', 'enums', 'shapes']
    .map((name) => `"${name}": [\n${compiled[name].map((each) => JSON.stringify(each)).join(',\n')}\n]`)
    .join(',\n')}\n}\n`,
)
console.log(`${target}: ${operations.length} operations, ${shapes.length} shapes, ${enums.length} enums`)
