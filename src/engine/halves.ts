/** Half of a surrogate pair in the spelling of a JSON escape, or what looks like it. */
const ESCAPE = /\\u[dD][89a-fA-F]/

/** Half of a surrogate pair in a string. */
const HALF = /\p{Surrogate}/u

/** A value that holds half of a surrogate pair: the row's key, and where it hangs. */
export type Half = Readonly<{ key: string; path: readonly string[] }>

/** Finds what `mend` replaces: of each row the attributes and other members that hold halves of surrogate pairs. */
export function findHalves(body: string): readonly Half[] {
  if (!ESCAPE.test(body)) return []
  try {
    const { data } = JSON.parse(body.replace(/^\uFEFF/, '')) as Readonly<{ data?: unknown }>
    return Array.isArray(data) ? data.flatMap(halvesOf) : []
  } catch {
    return [] // no JSON: the page will be refused
  }
}

function halvesOf(row: unknown): readonly Half[] {
  if (typeof row !== 'object' || row === null) return []
  const key = 'id' in row ? String(row.id).replace(new RegExp(HALF, 'gu'), '\uFFFD') : ''
  return Object.entries(row).flatMap(([member, value]) => {
    if (member !== 'attributes' || typeof value !== 'object' || value === null)
      return holdsHalf(value) ? [{ key, path: [member] }] : []
    return Object.entries(value)
      .filter((entry) => holdsHalf(entry))
      .map(([name]) => ({ key, path: [member, name.replace(new RegExp(HALF, 'gu'), '\uFFFD')] }))
  })
}

function holdsHalf(value: unknown): boolean {
  if (typeof value === 'string') return HALF.test(value)
  if (typeof value !== 'object' || value === null) return false
  return Array.isArray(value) ? value.some(holdsHalf) : Object.entries(value).some(holdsHalf)
}
