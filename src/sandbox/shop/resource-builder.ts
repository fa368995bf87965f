import { relations } from './relations.ts'
import type { Relation, Resource } from './types.ts'

type Facts = Readonly<Record<string, unknown>>

class Draft {
  readonly attributes: Facts
  readonly meta: Facts
  readonly ids = new Map<string, Set<string>>()

  constructor(attributes: Facts, meta: Facts) {
    this.attributes = attributes
    this.meta = meta
  }

  relate(name: string, id: string): void {
    const ids = this.ids.get(name) ?? new Set()
    this.ids.set(name, ids.add(id))
  }
}

/** Where the shop's resources are put while it is being built; keeps both sides of each relation in step. */
export class ResourceBuilder {
  readonly #types = new Map<string, Map<string, Draft>>()

  add(type: string, id: string, attributes: Facts, meta: Facts = {}): string {
    const drafts = this.#types.get(type) ?? new Map<string, Draft>()
    this.#types.set(type, drafts)
    if (drafts.has(id)) throw new Error(`the shop already has a ${type} "${id}"`)
    drafts.set(id, new Draft(attributes, meta))
    return id
  }

  /** Ids of a type, in the order of adding. */
  ids(type: string): readonly string[] {
    return [...(this.#types.get(type)?.keys() ?? [])]
  }

  attributes(type: string, id: string): Facts {
    return this.#draft(type, id).attributes
  }

  relate(type: string, id: string, name: string, targets: readonly string[]): void {
    const shape = relations[type]?.[name]
    if (shape === undefined) throw new Error(`a ${type} has no relation "${name}"`)
    for (const target of targets) {
      this.#draft(type, id).relate(name, target)
      if (shape.inverse !== undefined) this.#draft(shape.type, target).relate(shape.inverse, id)
    }
  }

  /** Everything as resources, each with all the relations of its type. */
  finish(): ReadonlyMap<string, readonly Resource[]> {
    const finished = new Map<string, readonly Resource[]>()
    for (const [type, drafts] of this.#types) {
      finished.set(
        type,
        [...drafts].map(([id, draft]) => finishOne(type, id, draft)),
      )
    }
    return finished
  }

  #draft(type: string, id: string): Draft {
    const draft = this.#types.get(type)?.get(id)
    if (draft === undefined) throw new Error(`the shop has no ${type} "${id}"`)
    return draft
  }
}

const finishOne = (type: string, id: string, draft: Draft): Resource => {
  const relationships: Record<string, Relation> = {}
  const meta: Record<string, unknown> = { ...draft.meta }
  for (const [name, shape] of Object.entries(relations[type] ?? {})) {
    const ids = [...(draft.ids.get(name) ?? [])]
    if (shape.meta === undefined) relationships[name] = { many: shape.many, type: shape.type, ids }
    else meta[shape.meta] = shape.many ? ids : (ids[0] ?? null)
  }
  return { type, id, attributes: draft.attributes, relationships, meta }
}
