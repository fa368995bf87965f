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
  const rewritten = Object.fromEntries(Object.entries(rest).map(([name, each]) => [name, asJsonSchema(each)]))
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
