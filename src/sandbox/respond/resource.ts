import type { Shape } from '../spec.ts'
import type { Row } from '../store/row.ts'
import { jsonText, members } from './json.ts'

/** How resources of one type are written in one answer. */
export type ResourceFormat = Readonly<{
  shape: Shape
  /** `https://a.klaviyo.com/api/events`: the collection that links begin with. */
  home: string
  /** Sparse fieldset with dotted names; null: everything. */
  fields: readonly string[] | null
  /** Attributes that appear only when asked for, and are not. */
  withheld: ReadonlySet<string>
  /** Relations whose ids are embedded. */
  embedded: ReadonlySet<string>
  /** Attributes that Klaviyo's spec does not know, to be added to every resource. */
  extra: Readonly<Record<string, unknown>>
  /** Old revisions spell some datetimes with a blank. */
  blankDates: boolean
}>

/** The JSON text of a resource. */
export function resourceText(row: Row, format: ResourceFormat): string {
  const { shape, home } = format
  const parts = [`"type":${JSON.stringify(row.type)}`, `"id":${JSON.stringify(row.id)}`]
  if (shape.hasAttributes) parts.push(`"attributes":${attributesText(row, format)}`)
  const relationships = relationshipsText(row, format)
  if (relationships !== '') parts.push(`"relationships":{${relationships}}`)
  if (shape.hasLinks) parts.push(`"links":{"self":${JSON.stringify(`${home}/${encodeURI(row.id)}/`)}}`)
  return `{${parts.join(',')}}`
}

/** `{type, id}`, as relationship endpoints answer. */
export const identifierText = (type: string, id: string): string =>
  `{"type":${JSON.stringify(type)},"id":${JSON.stringify(id)}}`

function attributesText(row: Row, { shape, fields, withheld, extra, blankDates }: ResourceFormat): string {
  const verbatim = row.attributesText()
  if (verbatim !== null && fields === null && !blankDates && Object.keys(extra).length === 0) return verbatim

  const present =
    verbatim === null
      ? new Map(Object.entries(row.attributes()).map(([name, value]) => [name, jsonText(value)]))
      : members(verbatim)
  const chosen = new Map<string, string>()
  for (const [name, nullable] of Object.entries(shape.attributes)) {
    const text = present.get(name)
    if (withheld.has(name) || (text === undefined && !nullable)) continue
    const picked = fields === null ? (text ?? 'null') : sparse(name, text ?? 'null', fields)
    if (picked !== null) chosen.set(name, blankDates ? withBlanks(name, picked) : picked)
  }
  if (fields === null) for (const [name, value] of Object.entries(extra)) chosen.set(name, jsonText(value))
  return `{${[...chosen].map(([name, text]) => `${JSON.stringify(name)}:${text}`).join(',')}}`
}

/** What of an attribute a fieldset keeps: all of it, the members that dotted names choose, or (null) nothing. */
function sparse(name: string, text: string, fields: readonly string[]): string | null {
  if (fields.includes(name)) return text
  const deeper = fields
    .filter((field) => field.startsWith(`${name}.`))
    .map((field) => field.slice(name.length + 1))
  if (deeper.length === 0) return null
  if (!text.startsWith('{')) return text
  const kept = [...members(text)].flatMap(([member, value]) => {
    const part = sparse(member, value, deeper)
    return part === null ? [] : [`${JSON.stringify(member)}:${part}`]
  })
  return `{${kept.join(',')}}`
}

/** Event times and consent times as old revisions spelled them. */
function withBlanks(name: string, text: string): string {
  if (name === 'datetime') return text.replace('T', ' ')
  if (name !== 'subscriptions') return text
  return text.replace(/("(?:consent_timestamp|timestamp)":"\d{4}-\d\d-\d\d)T/g, '$1 ')
}

function relationshipsText(row: Row, { shape, home, embedded }: ResourceFormat): string {
  return Object.entries(shape.relationships)
    .flatMap(([name, { many, type }]) => {
      const ids = row.relation(name)?.ids ?? []
      const absence = ids.length > 0 ? 'null' : (ABSENT[row.type]?.[name] ?? 'null')
      if (absence === 'left out') return []
      const links = linksText(`${home}/${encodeURI(row.id)}`, name)
      const identifiers = ids.map((id) => identifierText(type, id))
      const data = many ? `[${identifiers.join(',')}]` : (identifiers[0] ?? 'null')
      const isShown = embedded.has(name) && absence === 'null'
      return [`${JSON.stringify(name)}:{${isShown ? `"data":${data},` : ''}${links}}`]
    })
    .join(',')
}

/**
 * How a relation with nothing at its other end is told, where it is not `data: null` or `[]`. Mapped metrics leave it
 * out (recorded). Of events whose metric is lost nothing is recorded: links alone are what the spec allows.
 */
const ABSENT: Readonly<Record<string, Readonly<Record<string, 'left out' | 'links only'>>>> = {
  'mapped-metric': { metric: 'left out', 'custom-metric': 'left out' },
  event: { attributions: 'left out', metric: 'links only' },
}

const linksText = (self: string, name: string): string =>
  `"links":{"self":${JSON.stringify(`${self}/relationships/${name}/`)},"related":${JSON.stringify(`${self}/${name}/`)}}`
