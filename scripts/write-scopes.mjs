// Writes the table of docs/scopes.md from the catalog: which scope of a key opens which tables.
//
//   node scripts/write-scopes.mjs [page]
import { readFileSync, writeFileSync } from 'node:fs'

const page = process.argv[2] ?? 'docs/scopes.md'
await import('./build.mjs')
const { findTable, tables } = await import('../dist/klaviyo/catalog/catalog.js')

const BETWEEN = /(<!-- written by scripts\/write-scopes\.mjs -->\n)[^]*?(<!-- end -->\n)/
const text = readFileSync(page, 'utf8')
if (!BETWEEN.test(text)) throw new Error(`"${page}" has no place for the table`)
writeFileSync(
  page,
  text.replace(BETWEEN, (_, begin, end) => `${begin}\n${table()}\n\n${end}`),
)

function table() {
  const opens = new Map()
  for (const each of tables())
    for (const scope of scopesOf(each)) opens.set(scope, [...(opens.get(scope) ?? []), nameOf(each, scope)])
  const rows = [...opens].toSorted(([a], [b]) => (a < b ? -1 : 1))
  return [
    '| scope | tables |',
    '| --- | --- |',
    ...rows.map(([scope, names]) => `| \`${scope}\` | ${names.join(', ')} |`),
  ].join('\n')
}

/** A table that is read by naming rows of another one needs what that one needs. */
function scopesOf({ scopes, parent }) {
  return [...new Set([...scopes, ...(parent === null ? [] : scopesOf(findTable(parent.table)))])]
}

function nameOf(each, scope) {
  const others = scopesOf(each).filter((other) => other !== scope)
  return others.length === 0
    ? each.name
    : `${each.name} (with ${others.map((name) => `\`${name}\``).join(', ')})`
}
