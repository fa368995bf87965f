// Which form of statement turns landed pages into typed rows fastest. CPU time, best of several rounds.
// node bench/engine/forms.mjs [threads] [rounds]
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { writePages } from './pages.mjs'

const [threads = '1', rounds = '5'] = process.argv.slice(2)
const directory = mkdtempSync(join(tmpdir(), 'sluice-bench-'))
const plain = writePages(join(directory, 'plain'), 100).files
const gzip = writePages(join(directory, 'gzip'), 100, { gzip: true }).files

const list = (files) => `[${files.map((file) => `'${file}'`).join(', ')}]`
const shape = (attributes, relationships) =>
  `'${JSON.stringify({ data: [{ id: 'VARCHAR', attributes, relationships }] })}'`

const named = {
  attributes: { timestamp: 'VARCHAR', event_properties: 'JSON', datetime: 'VARCHAR', uuid: 'VARCHAR' },
  relationships: { profile: { data: { id: 'VARCHAR' } }, metric: { data: { id: 'VARCHAR' } } },
}
const namedStruct =
  'STRUCT(id VARCHAR, attributes STRUCT(timestamp VARCHAR, event_properties JSON, datetime VARCHAR, uuid VARCHAR), relationships STRUCT(profile STRUCT(data STRUCT(id VARCHAR)), metric STRUCT(data STRUCT(id VARCHAR))))[]'
const namedColumns = `r.id, try_cast(r.attributes.timestamp as bigint) as timestamp, r.attributes.event_properties,
  try_cast(r.attributes.datetime as timestamptz) as datetime, r.attributes.uuid,
  r.relationships.profile.data.id as profile_id, r.relationships.metric.data.id as metric_id`
const mapColumns = `r.id, try_cast(r.attributes['timestamp'] ->> '$' as bigint) as timestamp, r.attributes['event_properties'],
  try_cast(r.attributes['datetime'] ->> '$' as timestamptz) as datetime, r.attributes['uuid'] ->> '$' as uuid,
  r.relationships['profile'].data ->> '/id' as profile_id, r.relationships['metric'].data ->> '/id' as metric_id,
  list_concat(
    list_filter(map_keys(r.attributes), lambda k: k not in ('timestamp', 'event_properties', 'datetime', 'uuid')),
    list_transform(list_filter(map_entries(r.relationships), lambda e: e.value.data is not null and e.key not in ('profile', 'metric')), lambda e: e.key)
  ) as others`

const fromJson = (columns, text, source) =>
  `select ${columns} from (select unnest(from_json(${text}).data) as r from ${source})`
const byName = shape(named.attributes, named.relationships)
const byMap = shape('MAP(VARCHAR, JSON)', 'MAP(VARCHAR, STRUCT(data JSON))')

const forms = {
  'read_text, from_json by name (passes over the others)': (f) =>
    fromJson(namedColumns, `content, ${byName}`, `read_text(${list(f)})`),
  'json_keys of attributes, on top': (f) =>
    `select distinct unnest(flatten(json_keys(content, '$.data[*].attributes'))) from read_text(${list(f)})`,
  'json_keys of relationships, on top': (f) =>
    `select distinct unnest(flatten(json_keys(content, '$.data[*].relationships'))) from read_text(${list(f)})`,
  'read_text, from_json by map, and the others': (f) =>
    fromJson(mapColumns, `content, ${byMap}`, `read_text(${list(f)})`),
  'read_json columns, records': (f) =>
    `select ${namedColumns} from (select unnest(data) as r from read_json(${list(f)}, columns = {data: '${namedStruct}'}, records = true))`,
  'read_json columns': (f) =>
    `select ${namedColumns} from (select unnest(data) as r from read_json(${list(f)}, columns = {data: '${namedStruct}'}))`,
  'read_json_objects, from_json by name': (f) =>
    fromJson(namedColumns, `json, ${byName}`, `read_json_objects(${list(f)}, format = 'unstructured')`),
  'read_ndjson_objects, from_json by name (one line a page)': (f) =>
    fromJson(namedColumns, `json, ${byName}`, `read_ndjson_objects(${list(f)})`),
}

const instance = await DuckDBInstance.create(':memory:', {
  threads,
  memory_limit: '400MB',
  temp_directory: directory,
})
const connection = await instance.connect()
await connection.run(`set TimeZone = 'UTC'`)

const cpuMs = () => {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}

async function measure(form, files, perStatement) {
  const before = cpuMs()
  for (let at = 0; at < files.length; at += perStatement)
    await connection.run(`create or replace table bench as ${form(files.slice(at, at + perStatement))}`)
  return cpuMs() - before
}

for (const kind of ['plain', 'gzip']) {
  const files = kind === 'plain' ? plain : gzip
  for (const perStatement of [100, 20, 5]) {
    console.log(
      `\n${kind}, ${perStatement} pages a statement, ${threads} thread(s); CPU ms per 100,000 events`,
    )
    for (const [name, form] of Object.entries(forms)) {
      if (kind === 'gzip' && name.includes('read_text')) continue
      if (kind === 'gzip' && name.includes('json_keys')) continue
      let best = Infinity
      for (let round = 0; round < Number(rounds); round++)
        best = Math.min(best, await measure(form, files, perStatement))
      console.log(`${String(Math.round(best)).padStart(6)}  ${name}`)
    }
  }
}
console.log(`\npeak RSS ${Math.round(process.resourceUsage().maxRSS / 1024)} MB`)
connection.closeSync()
instance.closeSync()
rmSync(directory, { recursive: true, force: true })
