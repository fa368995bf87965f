import type { Row } from './row.ts'
import type { Store } from './store.ts'

/**
 * The rows at the other end of a relation. Most are named by the row itself; memberships are kept by group, and where
 * only the child knows its parent (codes of a coupon, actions of a flow) the children are searched.
 */
export function relatedRows(
  store: Store,
  parent: Row,
  relation: Readonly<{ name: string; type: string }>,
  nowMs: number,
): readonly Row[] {
  const { name, type } = relation
  const isGroup = parent.type === 'list' || parent.type === 'segment'
  if (isGroup && name === 'profiles') return store.members(parent.id, nowMs)
  const owned = parent.owned?.(name) ?? null
  if (owned !== null) return owned
  const named = parent.relation(name)
  if (named !== undefined) return existing(store, type, named.ids, nowMs)
  if (parent.type === 'profile' && (type === 'list' || type === 'segment')) {
    return existing(store, type, store.groupsOf(type, parent.id, nowMs), nowMs)
  }
  // Events and profiles are millions and never the children of anything asked for here.
  if (type === 'event' || type === 'profile') return []
  return [...store.rows(type, nowMs)].filter((child) => pointsTo(child, parent))
}

function existing(store: Store, type: string, ids: readonly string[], nowMs: number): readonly Row[] {
  return ids.flatMap((id) => store.collection(type).get(id, nowMs) ?? [])
}

/** Some know their parent by a fact that is never shown: an object record its type. */
const pointsTo = (child: Row, parent: Row): boolean =>
  child.value(`${parent.type}.id`) === parent.id ||
  Object.values(child.toResource().relationships).some(
    (relation) => relation.type === parent.type && relation.ids.includes(parent.id),
  )
