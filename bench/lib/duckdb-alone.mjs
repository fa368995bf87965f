// What DuckDB needs for the same files when nothing else is to be done: the fastest statement that we know
// (bench/engine/forms.mjs), every declared field typed, into a table of a new file. Prints seconds.
import { DuckDBInstance } from '@duckdb/node-api'

const [pattern, file, threads] = process.argv.slice(2)
const instance = await DuckDBInstance.create(file, { threads })
const connection = await instance.connect()
await connection.run(`set timezone = 'UTC'`)
await connection.run(`set preserve_insertion_order = false`)
const startedAt = performance.now()
await connection.run(`
create table events as
select r.id, r.attributes.timestamp, r.attributes.datetime, r.attributes.event_properties, r.attributes.uuid,
       r.relationships.profile.data.id as profile_id, r.relationships.metric.data.id as metric_id
from (
  select unnest(from_json(content, '{"data": [{"id": "VARCHAR", "attributes": {"timestamp": "BIGINT",
    "datetime": "TIMESTAMPTZ", "event_properties": "JSON", "uuid": "VARCHAR"}, "relationships": {"profile":
    {"data": {"id": "VARCHAR"}}, "metric": {"data": {"id": "VARCHAR"}}}}]}').data) as r
  from read_text('${pattern}')
)`)
await connection.run('checkpoint')
console.log((performance.now() - startedAt) / 1000)
