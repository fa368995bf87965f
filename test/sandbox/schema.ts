import { Ajv, type ValidateFunction } from 'ajv'
import formats from 'ajv-formats'
import { type Json, readSpecFile } from './spec-file.ts'

/**
 * Validators for the answers of Klaviyo's GET operations, made of its own OpenAPI file. OpenAPI 3.0 says `nullable`
 * where JSON Schema says `null`, also beside `$ref`, where validators would pass over it.
 */
export function answerValidators(): (path: string) => ValidateFunction {
  const spec = asJsonSchema(readSpecFile()) as { [name: string]: Json }
  relaxLinks(spec)
  relaxRelations(spec)
  const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: true })
  formats.default(ajv)
  ajv.addSchema({ $id: 'klaviyo', ...spec })
  return (path) => {
    const pointer = [
      'paths',
      path,
      'get',
      'responses',
      '200',
      'content',
      'application/vnd.api+json',
      'schema',
    ]
    const escaped = pointer.map((part) =>
      encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1')),
    )
    return ajv.compile({ $ref: `klaviyo#/${escaped.join('/')}` })
  }
}

function asJsonSchema(value: Json): Json {
  if (Array.isArray(value)) return value.map(asJsonSchema)
  if (value === null || typeof value !== 'object') return value
  const { nullable, ...rest } = value
  const rewritten = Object.fromEntries(
    // The branches of the file's `oneOf`s overlap: 1 is an integer and a number, `{}` is any of the send options.
    Object.entries(rest).map(([name, each]) => [name === 'oneOf' ? 'anyOf' : name, asJsonSchema(each)]),
  )
  return nullable === true ? { anyOf: [rewritten, { type: 'null' }] } : rewritten
}

/** The service sends explicit nulls for `next` and `prev`, which the spec has as plain texts. */
function relaxLinks(spec: { [name: string]: Json }): void {
  const { schemas } = spec['components'] as { schemas: Record<string, { properties: Record<string, Json> }> }
  const links = schemas['CollectionLinks']
  if (links === undefined) throw new Error('the spec has no CollectionLinks any more')
  for (const name of ['next', 'prev'])
    links.properties[name] = { anyOf: [links.properties[name] ?? {}, { type: 'null' }] }
}

/** A to-one relation without another end is `data: null` (recorded), which the spec does not allow for. */
function relaxRelations(value: Json): void {
  if (value === null || typeof value !== 'object') return
  if (!Array.isArray(value)) {
    for (const relation of Object.values(propertiesOf(propertiesOf(value)['relationships']))) {
      const parts = propertiesOf(relation)
      if (parts['data'] !== undefined) parts['data'] = { anyOf: [parts['data'], { type: 'null' }] }
    }
  }
  for (const each of Object.values(value)) relaxRelations(each)
}

function propertiesOf(schema: Json | undefined): Record<string, Json> {
  if (schema === null || typeof schema !== 'object' || Array.isArray(schema)) return {}
  return (schema['properties'] ?? {}) as Record<string, Json>
}
