// Compiles the facts of Klaviyo's OpenAPI file into src/klaviyo/catalog/tables.generated.json: one table for
// every collection that GET lists without a path parameter. What the file cannot say is in overlay.ts.
//
//   node scripts/compile-catalog.mjs [openapi.json] [output.json]
import { readFileSync, writeFileSync } from 'node:fs'

const [
  input = '../shared/klaviyo-openapi/stable.json',
  output = 'src/klaviyo/catalog/tables.generated.json',
] = process.argv.slice(2)
const spec = JSON.parse(readFileSync(input, 'utf8'))

const tables = Object.entries(spec.paths)
  .filter(([path, methods]) => /^\/api\/[^/{]+$/.test(path) && methods.get !== undefined)
  .map(([path, methods]) => compileTable(path, methods.get))
  .sort((a, b) => (a.name < b.name ? -1 : 1))

writeFileSync(output, `${pretty({ revision: spec.info.version, tables }, 0)}\n`)

function compileTable(path, operation) {
  const parameters = Object.fromEntries(operation.parameters.map((each) => [each.name, each]))
  const additionalFields = fieldsOnRequest(parameters)
  const row = shapeOf(successSchema(operation)).properties.data.items
  const resource = shapeOf(row).properties
  return {
    name: path.slice('/api/'.length),
    path,
    type: typeOf(resource.type),
    columns: lastThose(
      columns(shapeOf(resource.attributes ?? {}).properties, ['attributes'], ''),
      Object.values(additionalFields).flat(),
    ),
    relationships: Object.entries(shapeOf(resource.relationships ?? {}).properties).map(relationship),
    paging: paging(parameters),
    rate: rate(operation['x-klaviyo-ratelimit']),
    reducedRates: reducedRates(operation.description),
    scopes: operation['x-klaviyo-scopes'],
    filters: Object.entries(operation['x-klaviyo-filters'] ?? {}).map(filterField),
    filterRequired: parameters.filter?.required === true,
    sorts: ascending(parameters.sort?.schema.enum ?? []),
    includes: parameters.include?.schema.items.enum ?? [],
    additionalFields,
  }
}

function fieldsOnRequest(parameters) {
  return Object.fromEntries(
    Object.values(parameters).flatMap(({ name, schema }) => {
      const type = /^additional-fields\[(.+)\]$/.exec(name)?.[1]
      return type === undefined ? [] : [[type, schema.items.enum]]
    }),
  )
}

/** Additional fields are declared in a part of their own, ahead of the others; a reader looks for them last. */
function lastThose(columns, names) {
  const isLast = ({ name }) => names.includes(name)
  return [...columns.filter((each) => !isLast(each)), ...columns.filter(isLast)]
}

function successSchema(operation) {
  return operation.responses['200'].content['application/vnd.api+json'].schema
}

/** One schema with its references followed and its `allOf` parts laid over one another, deeply. */
function shapeOf(schema) {
  const { $ref, allOf = [], ...own } = schema
  const parts = [...($ref === undefined ? [] : [shapeOf(referred($ref))]), ...allOf.map(shapeOf), own]
  return parts.reduce(overlay, { properties: {} })
}

function overlay(below, above) {
  const properties = { ...below.properties }
  for (const [name, schema] of Object.entries(above.properties ?? {})) {
    properties[name] = name in properties ? { allOf: [properties[name], schema] } : schema
  }
  return { ...below, ...above, properties }
}

function referred(ref) {
  const found = spec.components.schemas[ref.replace('#/components/schemas/', '')]
  if (found === undefined) throw new Error(`"${ref}" is not in ${input}`)
  return found
}

/** Every resource names its type by an enum of one. */
function typeOf(schema) {
  const { enum: types } = shapeOf(schema)
  if (types?.length !== 1) throw new Error(`not one resource type: ${JSON.stringify(schema)}`)
  return types[0]
}

function columns(properties, path, prefix) {
  return Object.entries(properties).map(([name, schema]) => {
    const shape = shapeOf(schema)
    const column = { name: prefix + name, path: [...path, name], type: columnType(shape) }
    if (shape.type === 'array' || Object.keys(shape.properties).length === 0) return column
    return { ...column, fields: columns(shape.properties, column.path, `${column.name}_`) }
  })
}

function columnType(shape) {
  if (shape.oneOf !== undefined) {
    // A value that is now a string, now a number (a profile's latitude) has one lossless type: text.
    return shape.oneOf.every((each) => isScalar(shapeOf(each))) ? 'text' : 'json'
  }
  if (shape.type === 'integer' || shape.type === 'boolean') return shape.type
  if (shape.type === 'number') return 'decimal'
  if (shape.type === 'string') return shape.format === 'date-time' ? 'timestamp' : 'text'
  if (shape.type === 'object' || shape.type === 'array' || isObject(shape)) return 'json'
  throw new Error(`no column type for ${JSON.stringify(shape)}`)
}

function isScalar({ type }) {
  return ['string', 'number', 'integer', 'boolean'].includes(type)
}

function isObject({ type, properties }) {
  return type === undefined && Object.keys(properties).length > 0
}

function relationship([name, schema]) {
  const data = shapeOf(shapeOf(schema).properties.data)
  const many = data.type === 'array'
  return { name, many, type: typeOf(shapeOf(many ? data.items : data).properties.type) }
}

function paging(parameters) {
  const size = parameters['page[size]']?.schema
  if (size !== undefined) return { kind: 'sized', default: size.default, max: size.maximum }
  return { kind: parameters['page[cursor]'] === undefined ? 'none' : 'cursor' }
}

function rate({ burst, steady, daily }) {
  return {
    perSecond: perUnit(burst, 's'),
    perMinute: perUnit(steady, 'm'),
    ...(daily === undefined ? {} : { perDay: perUnit(daily, 'd') }),
  }
}

function perUnit(text, unit) {
  const count = new RegExp(`^(\\d+)/${unit}$`).exec(text)?.[1]
  if (count === undefined) throw new Error(`not a rate per ${unit}: "${text}"`)
  return Number(count)
}

/** Slower limits under costly parameters stand only in the operation's text. */
function reducedRates(text) {
  const sentence =
    /when using the `([^`=]+)=([^`]+)` parameter[^:]*:<br>Burst: `([^`]+)`<br>Steady: `([^`]+)`/g
  return [...text.matchAll(sentence)].map(([, parameter, value, burst, steady]) => ({
    parameter,
    value,
    rate: rate({ burst, steady }),
  }))
}

function filterField([field, { operators, value }]) {
  return {
    field,
    type: value === undefined ? 'none' : (value.format ?? value.type),
    operators: operators.single ?? operators.none ?? [],
    listOperators: operators.list ?? [],
    ...(value?.enum === undefined ? {} : { values: value.enum }),
  }
}

/** Every sort key is offered in both directions; the ascending name stands for both. */
function ascending(values) {
  const names = values.filter((each) => !each.startsWith('-'))
  const lone = names.find((name) => !values.includes(`-${name}`))
  if (lone !== undefined || names.length * 2 !== values.length) throw new Error(`one-way sort: ${values}`)
  return names
}

/** JSON with everything on one line that fits there, so that a change of one fact is a change of one line. */
function pretty(value, depth) {
  const line = JSON.stringify(value)
  if (typeof value !== 'object' || value === null || line.length + depth * 2 <= 110) return line
  const inner = '  '.repeat(depth + 1)
  const lines = Array.isArray(value)
    ? value.map((each) => inner + pretty(each, depth + 1))
    : Object.entries(value).map(([key, each]) => `${inner}${JSON.stringify(key)}: ${pretty(each, depth + 1)}`)
  const [open, close] = Array.isArray(value) ? '[]' : '{}'
  return `${open}\n${lines.join(',\n')}\n${'  '.repeat(depth)}${close}`
}
