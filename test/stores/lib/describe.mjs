// What a store holds, as data that a test can compare: read by plain SQL, not by sluice.

const instant = (column) => `cast(extract(epoch from ${column}) as bigint) as ${column}`
const scope = 'account, source_table, target'

/** `ask` runs a query and resolves to rows of texts. */
export async function describeStore(ask) {
  const numbered = (rows, ...names) =>
    rows.map((row) => ({ ...row, ...Object.fromEntries(names.map((name) => [name, Number(row[name])])) }))
  const [meta] = numbered(await ask('select store_version from _sluice.meta'), 'store_version')
  const tables = await ask(`select table_name from information_schema.tables
where table_schema = 'k' order by table_name`)
  const rows = {}
  for (const { table_name: name } of tables) {
    const counted = await ask(`select _sluice_account as account, count(*) as n from k.${name}
group by _sluice_account order by _sluice_account`)
    rows[`k.${name}`] = Object.fromEntries(counted.map(({ account, n }) => [account, Number(n)]))
  }
  for (const name of ['k.tags', 'k.catalog_items']) {
    const [gone] = await ask(`select count(*) as n from ${name} where _sluice_deleted_at is not null`)
    rows[`${name}, marked deleted`] = { moss: Number(gone.n) }
  }
  return {
    storeVersion: meta.store_version,
    coverage: numbered(
      await ask(`select ${scope}, pass, ${instant('from_at')}, ${instant('to_at')}, ${instant('read_at')}
from _sluice.coverage order by ${scope}, pass, from_at`),
      'from_at',
      'to_at',
      'read_at',
    ),
    snapshots: numbered(
      await ask(
        `select ${scope}, ${instant('taken_at')}, row_count from _sluice.snapshots order by ${scope}`,
      ),
      'taken_at',
      'row_count',
    ),
    unfinished: numbered(
      await ask(`select ${scope}, ${instant('started_at')}, ${meta.store_version === 1 ? 'words' : 'demand'}, reread
from _sluice.unfinished_runs order by ${scope}`),
      'started_at',
    ),
    rows,
  }
}
