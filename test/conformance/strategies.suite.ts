import { expect } from 'vitest'
import { RUN_STARTED_AT } from './bench.ts'
import type { Suite } from './suite.ts'

const columns = { id: 'text', at: 'timestamp', n: 'integer', note: 'text' } as const
const row = (id: string, day: number, n: number | null, note: string | null = null) => ({
  id,
  at: `2026-01-${String(day).padStart(2, '0')}T00:00:00Z`,
  n,
  note,
})
const at = (text: string): number => Date.parse(text) / 1000
const january = { from: at('2026-01-01T00:00:00Z'), to: at('2026-02-01T00:00:00Z') }
const later = '2026-02-02T00:00:00Z'

export const strategies: Suite = (check) => {
  check('makes schema and table, and counts what it inserted', async ({ bench, target }) => {
    const result = await bench.load(target, { columns, rows: [row('a', 1, 1), row('b', 2, null, '')] })
    expect(result).toEqual({
      inserted: 2,
      changed: 0,
      unchanged: 0,
      deleted: 0,
      removed: 0,
      replaced: 0,
      late: { rows: 0, oldestSeconds: 0 },
      withoutNul: 0,
      addedColumns: [],
      also: [],
    })
    expect(await bench.rows(target, 'id, n, note, _sluice_account')).toEqual([
      { id: 'a', n: 1n, note: null, _sluice_account: 'shop' },
      { id: 'b', n: null, note: '', _sluice_account: 'shop' },
    ])
  })

  check('merging the same rows again changes nothing at all', async ({ bench, target }) => {
    const rows = [row('a', 1, 1), row('b', 2, null, 'x')]
    await bench.load(target, { columns, rows })
    const before = await bench.rows(target)
    const result = await bench.load(target, { columns, rows, syncedAt: later })
    expect(result).toMatchObject({ inserted: 0, changed: 0, unchanged: 2 })
    expect(await bench.rows(target)).toEqual(before)
  })

  check('merge touches what differs, keeps what does not, adds what is new', async ({ bench, target }) => {
    await bench.load(target, { columns, rows: [row('a', 1, 1), row('b', 2, 2), row('c', 3, 3)] })
    const rows = [row('a', 1, 1), row('b', 5, 20), row('c', 3, null), row('d', 4, 4)]
    const result = await bench.load(target, { columns, rows, syncedAt: later })
    expect(result).toMatchObject({ inserted: 1, changed: 2, unchanged: 1 })
    const synced = (await bench.rows(target, 'id, n, _sluice_synced_at')).map((r) => [
      r['id'],
      r['n'],
      new Date(String(r['_sluice_synced_at'])).toISOString().slice(0, 10),
    ])
    expect(synced).toEqual([
      ['a', 1n, '2026-02-01'],
      ['b', 20n, '2026-02-02'],
      ['c', null, '2026-02-02'],
      ['d', 4n, '2026-02-02'],
    ])
  })

  check(
    'an older version does not overwrite a newer one; of two at one time the later read wins',
    async ({ bench, target }) => {
      await bench.load(target, { columns, rows: [row('a', 9, 9), row('tie', 9, 9)] })
      const result = await bench.load(target, { columns, rows: [row('a', 8, 8), row('tie', 9, 10)] })
      expect(result).toMatchObject({ inserted: 0, changed: 1, unchanged: 1 })
      expect(await bench.rows(target, 'id, n')).toEqual([
        { id: 'a', n: 9n },
        { id: 'tie', n: 10n },
      ])
    },
  )

  check('a row that gets or loses its cursor value is merged', async ({ bench, target }) => {
    await bench.load(target, { columns, rows: [{ ...row('a', 1, 1), at: null }, row('b', 1, 1)] })
    const rows = [row('a', 2, 2), { ...row('b', 1, 2), at: null }]
    expect(await bench.load(target, { columns, rows })).toMatchObject({ changed: 2 })
  })

  check('append adds a row per version and no version twice', async ({ bench, target }) => {
    const append = { strategy: 'append' } as const
    await bench.load(target, { columns, rows: [row('a', 1, 1), row('b', 1, 1)] }, append)
    const again = [row('a', 1, 1), row('a', 2, 2), row('c', 1, 1)]
    expect(await bench.load(target, { columns, rows: again }, append)).toMatchObject({
      inserted: 2,
      changed: 0,
      unchanged: 1,
    })
    expect(await bench.load(target, { columns, rows: again }, append)).toMatchObject({ inserted: 0 })
    expect(await bench.rows(target, 'id, n', 'id, n')).toEqual([
      { id: 'a', n: 1n },
      { id: 'a', n: 2n },
      { id: 'b', n: 1n },
      { id: 'c', n: 1n },
    ])
  })

  check('append of a table without cursor compares whole rows', async ({ bench, target }) => {
    const append = { strategy: 'append', cursorColumn: null } as const
    await bench.load(target, { columns, rows: [row('a', 1, 1, null)] }, append)
    const rows = [row('a', 1, 1, null), row('b', 1, 1)]
    expect(await bench.load(target, { columns, rows, syncedAt: later }, append)).toMatchObject({
      inserted: 1,
    })
    const changed = [row('a', 1, 1, 'now')]
    expect(await bench.load(target, { columns, rows: changed }, append)).toMatchObject({ inserted: 1 })
  })

  check('delete+insert empties its windows of what was there before the run', async ({ bench, target }) => {
    const before = [row('gone', 3, 3), row('stays', 4, 4), row('moves', 5, 5)]
    await bench.load(target, {
      columns,
      rows: [...before, { ...row('outside', 1, 1), at: '2025-12-31T23:59:59Z' }],
      syncedAt: '2026-01-31T00:00:00Z',
    })
    await bench.load(target, {
      columns,
      rows: [row('other', 3, 3)],
      account: 'other',
      syncedAt: '2026-01-31T00:00:00Z',
    })
    const covered = [{ pass: '', window: { ...january, readAt: at('2026-02-01T00:00:00Z') } }]
    const rows = [row('stays', 4, 4), row('moves', 6, 60), row('new', 7, 7)]
    const result = await bench.load(target, { columns, rows }, { strategy: 'delete+insert', covered })
    expect(result).toMatchObject({ inserted: 1, changed: 1, unchanged: 1, deleted: 1 })
    const ids = async (): Promise<unknown> => (await bench.rows(target, 'id')).map((r) => r['id'])
    expect(await ids()).toEqual(['moves', 'new', 'other', 'outside', 'stays'])
    // A second batch of the same run leaves the rows of the first alone.
    const second = await bench.load(
      target,
      { columns, rows: [row('more', 8, 8)] },
      { strategy: 'delete+insert', covered },
    )
    expect(second).toMatchObject({ inserted: 1, deleted: 0 })
    expect(await ids()).toEqual(['more', 'moves', 'new', 'other', 'outside', 'stays'])
  })

  check('delete+insert does not empty what only one of two passes covers', async ({ bench, target }) => {
    await bench.load(target, { columns, rows: [row('sms', 3, 3)], syncedAt: '2026-01-31T00:00:00Z' })
    const covered = [{ pass: 'email', window: { ...january, readAt: january.to } }]
    const passes = ['email', 'sms']
    const result = await bench.load(
      target,
      { columns, rows: [row('email', 3, 3)] },
      { strategy: 'delete+insert', covered, passes },
    )
    expect(result).toMatchObject({ inserted: 1, deleted: 0 })
  })

  check('a snapshot marks what vanished, once, and revives what comes back', async ({ bench, target }) => {
    const snapshot = { cursorColumn: null, strategy: 'replace' } as const
    const rows = [row('a', 1, 1), row('b', 1, 2)]
    await bench.load(target, { columns, rows }, snapshot)
    await bench.load(target, { columns, rows, account: 'other' }, snapshot)
    const missing = await bench.load(target, { columns, rows: [row('a', 1, 1)] }, snapshot)
    expect(missing).toMatchObject({ inserted: 0, changed: 0, deleted: 1 })
    const marked = await bench.rows(target)
    const deletedAt = marked
      .filter((r) => r['_sluice_deleted_at'] !== null)
      .map((r) => [r['_sluice_account'], r['id'], Date.parse(String(r['_sluice_deleted_at']))])
    expect(deletedAt).toEqual([['shop', 'b', RUN_STARTED_AT * 1000]])
    const again = { ...snapshot, readAt: RUN_STARTED_AT + 1 }
    expect(await bench.load(target, { columns, rows: [row('a', 1, 1)] }, again)).toMatchObject({ deleted: 0 })
    expect(await bench.rows(target)).toEqual(marked)
    expect(await bench.load(target, { columns, rows }, snapshot)).toMatchObject({ inserted: 0, changed: 1 })
    expect(await bench.rows(target, 'count(*) as n', 'n')).toEqual([{ n: 4n }])
    expect(await bench.rows(target, 'count(_sluice_deleted_at) as n', 'n')).toEqual([{ n: 0n }])
  })

  check('an empty snapshot marks everything', async ({ bench, target }) => {
    const snapshot = { cursorColumn: null } as const
    await bench.load(target, { columns, rows: [row('a', 1, 1)] }, snapshot)
    expect(await bench.load(target, { columns, rows: [] }, snapshot)).toMatchObject({ deleted: 1 })
  })

  check('a snapshot read anew starts over, for its account only', async ({ bench, target }) => {
    const snapshot = { cursorColumn: null } as const
    await bench.load(target, { columns, rows: [row('a', 1, 1), row('b', 1, 1)] }, snapshot)
    await bench.load(target, { columns, rows: [row('a', 1, 1)], account: 'other' }, snapshot)
    await bench.load(target, { columns, rows: [row('a', 1, 1)] }, snapshot)
    await bench.load(target, { columns, rows: [row('c', 1, 1)] }, { ...snapshot, refresh: true })
    expect(await bench.rows(target, 'id, _sluice_account')).toEqual([
      { id: 'a', _sluice_account: 'other' },
      { id: 'c', _sluice_account: 'shop' },
    ])
  })

  check('the same id in two accounts is two rows', async ({ bench, target }) => {
    await bench.load(target, { columns, rows: [row('a', 1, 1)], account: 'one' })
    await bench.load(target, { columns, rows: [row('a', 2, 2)], account: 'two' })
    expect(await bench.load(target, { columns, rows: [row('a', 3, 3)], account: 'one' })).toMatchObject({
      changed: 1,
    })
    expect(await bench.rows(target, '_sluice_account, n', '_sluice_account')).toEqual([
      { _sluice_account: 'one', n: 3n },
      { _sluice_account: 'two', n: 2n },
    ])
  })

  check('counts rows that the lookback caught, and how old they were', async ({ bench, target }) => {
    await bench.load(target, { columns, rows: [row('known', 30, 1)] })
    const reread = [{ from: at('2026-01-25T00:00:00Z'), to: at('2026-02-01T00:00:00Z') }]
    const rows = [
      row('known', 30, 1),
      row('late', 29, 1),
      row('later', 31, 1),
      row('edge', 25, 1),
      row('new', 24, 1),
    ]
    const result = await bench.load(target, { columns, rows }, { reread })
    expect(result.late).toEqual({ rows: 3, oldestSeconds: 7 * 86_400 })
    expect((await bench.load(target, { columns, rows }, { reread })).late).toEqual({
      rows: 0,
      oldestSeconds: 0,
    })
    const appended = await bench.load(
      target,
      { columns, rows: [row('late', 28, 2)] },
      { reread, strategy: 'append' },
    )
    expect(appended.late).toEqual({ rows: 1, oldestSeconds: 4 * 86_400 })
  })

  check('goes from merge to append', async ({ bench, target }) => {
    await bench.load(target, { columns, rows: [row('a', 1, 1)] })
    await bench.load(target, { columns, rows: [row('a', 2, 2)] }, { strategy: 'append' })
    expect(await bench.rows(target, 'n', 'n')).toEqual([{ n: 1n }, { n: 2n }])
  })

  check(
    'goes from append to merge: versions become one row',
    async ({ bench, target }) => {
      const append = { strategy: 'append' } as const
      await bench.load(target, { columns, rows: [row('a', 1, 1), row('b', 1, 1)] }, append)
      await bench.load(target, { columns, rows: [row('a', 2, 2)] }, append)
      await bench.load(target, { columns, rows: [row('a', 3, 3)] })
      expect(await bench.rows(target, 'id, n')).toEqual([
        { id: 'a', n: 3n },
        { id: 'b', n: 1n },
      ])
    },
    ({ mergesVersions }) => mergesVersions,
  )

  check('goes from append to merge, or says what to do', async ({ bench, target, claims }) => {
    const append = { strategy: 'append' } as const
    await bench.load(target, { columns, rows: [row('a', 1, 1)] }, append)
    expect(await bench.load(target, { columns, rows: [row('b', 1, 1)] })).toMatchObject({ inserted: 1 })
    await bench.load(target, { columns, rows: [row('a', 2, 2)] }, append)
    const merged = bench.load(target, { columns, rows: [row('c', 1, 1)] })
    if (claims.mergesVersions === 'yes') await merged
    else
      await expect(merged).rejects.toThrow(/holds several versions of a row.*or start over with fullRefresh/)
  })

  check('new rows and known ones, batch after batch', async ({ bench, target }) => {
    for (let batch = 0; batch < 12; batch += 1) {
      const rows = [row(`new ${batch}`, 1, batch), ...(batch % 4 === 1 ? [row('new 0', 2, batch)] : [])]
      const changed = batch % 4 === 1 ? 1 : 0
      expect(await bench.load(target, { columns, rows })).toMatchObject({ inserted: 1, changed })
    }
    expect(await bench.rows(target, 'count(*) as n', 'n')).toEqual([{ n: 12n }])
  })
}
