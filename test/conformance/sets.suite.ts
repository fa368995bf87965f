import { expect } from 'vitest'
import type { LoadResult, RowSet } from '../../src/destinations/target.ts'
import type { TableName } from '../../src/model/names.ts'
import type { Bench, Loading } from './bench.ts'
import type { Suite } from './suite.ts'

const campaigns = { id: 'text', at: 'timestamp' } as const
const messages = { id: 'text', campaign_id: 'text', label: 'text' } as const
const campaign = (id: string) => ({ id, at: '2026-01-01T00:00:00Z' })
const message = (id: string, campaign_id: string, label = 'x') => ({ id, campaign_id, label })

type Page = Readonly<{ campaigns: readonly string[]; messages: readonly ReturnType<typeof message>[] }>

const setOf = ({ schema, name }: TableName, owner: string | null = 'campaign_id'): RowSet => ({
  sourceTable: 'campaign-messages',
  table: { schema, name: `${name} messages` },
  key: ['id'],
  owner,
})

const load = (
  bench: Bench,
  target: TableName,
  page: Page,
  { owner, ...loading }: Loading & { owner?: null } = {},
): Promise<LoadResult> => {
  const rows = { account: loading.account ?? 'shop', columns: campaigns, rows: page.campaigns.map(campaign) }
  const also = { account: rows.account, columns: messages, rows: page.messages }
  return bench.load(target, rows, { ...loading, also: [{ set: setOf(target, owner), rows: also }] })
}

const kept = (bench: Bench, target: TableName) =>
  bench.rows(
    setOf(target).table,
    `_sluice_account as account, id, label, case when _sluice_deleted_at is null then 'here' else 'gone' end as state`,
    '_sluice_account, id',
  )

export const sets: Suite = (check) => {
  check(
    'rows that come with others go to a table of their own, with the same commit',
    async ({ bench, target }) => {
      const covered = [{ pass: '', window: { from: 0, to: 10, readAt: 1_000 } }]
      const page = {
        campaigns: ['a', 'b'],
        messages: [message('m1', 'a'), message('m2', 'a'), message('m3', 'b')],
      }
      const result = await load(bench, target, page, { covered })
      expect(result).toMatchObject({ inserted: 2, also: [{ sourceTable: 'campaign-messages', inserted: 3 }] })
      expect((await bench.state(target)).coverage.size).toBe(1)
      const again = await load(bench, target, page)
      expect(again).toMatchObject({ inserted: 0, also: [{ inserted: 0, changed: 0, deleted: 0 }] })
    },
  )

  check(
    'of the owners that came, what did not come is gone; of others it stays',
    async ({ bench, target }) => {
      await load(bench, target, {
        campaigns: ['a', 'b'],
        messages: [message('m1', 'a'), message('m2', 'a'), message('m3', 'b')],
      })
      await load(bench, target, { campaigns: ['a'], messages: [message('m1', 'a')] }, { account: 'other' })
      const result = await load(bench, target, { campaigns: ['a'], messages: [message('m2', 'a', 'y')] })
      expect(result.also).toMatchObject([{ inserted: 0, changed: 1, deleted: 1 }])
      expect(await kept(bench, target)).toEqual([
        { account: 'other', id: 'm1', label: 'x', state: 'here' },
        { account: 'shop', id: 'm1', label: 'x', state: 'gone' },
        { account: 'shop', id: 'm2', label: 'y', state: 'here' },
        { account: 'shop', id: 'm3', label: 'x', state: 'here' },
      ])
      await load(bench, target, { campaigns: ['a'], messages: [] })
      await load(bench, target, { campaigns: ['a'], messages: [message('m1', 'a')] })
      expect((await kept(bench, target)).map(({ id, state }) => [id, state]).slice(1)).toEqual([
        ['m1', 'here'],
        ['m2', 'gone'],
        ['m3', 'here'],
      ])
    },
  )

  check('a set without owners only grows', async ({ bench, target }) => {
    await load(bench, target, { campaigns: ['a'], messages: [message('m1', 'a')] }, { owner: null })
    const result = await load(bench, target, { campaigns: ['a'], messages: [] }, { owner: null })
    expect(result.also).toMatchObject([{ deleted: 0 }])
    expect(await kept(bench, target)).toMatchObject([{ id: 'm1', state: 'here' }])
  })

  check(
    'read anew: sets are gathered aside too, and take their place together',
    async ({ bench, target }) => {
      await load(bench, target, { campaigns: ['a', 'b'], messages: [message('m1', 'a'), message('m2', 'b')] })
      await load(bench, target, { campaigns: ['a'], messages: [message('m9', 'a')] }, { account: 'other' })
      const anew = { refresh: true } as const
      await load(bench, target, { campaigns: ['a'], messages: [message('m1', 'a', 'new')] }, anew)
      await load(bench, target, { campaigns: ['c'], messages: [message('m3', 'c')] }, anew)
      expect((await kept(bench, target)).map(({ id, label }) => [id, label])).toEqual([
        ['m9', 'x'],
        ['m1', 'x'],
        ['m2', 'x'],
      ])
      await bench.complete(target, { ...anew, sets: [setOf(target)] })
      expect((await kept(bench, target)).map(({ id, label }) => [id, label])).toEqual([
        ['m9', 'x'],
        ['m1', 'new'],
        ['m3', 'x'],
      ])
    },
  )

  check('a snapshot of everything: what no page brought is gone', async ({ bench, target }) => {
    const whole = { cursorColumn: null } as const
    await load(
      bench,
      target,
      { campaigns: ['a', 'b'], messages: [message('m1', 'a'), message('m2', 'b')] },
      whole,
    )
    const result = await load(bench, target, { campaigns: ['a'], messages: [message('m1', 'a')] }, whole)
    expect(result).toMatchObject({ deleted: 1, also: [{ deleted: 1 }] })
  })

  check('a set that does not fit leaves the batch out as a whole', async ({ bench, target }) => {
    const other = { id: 'text', campaign_id: 'text', label: 'boolean' } as const
    const rows = { columns: other, rows: [{ id: 'm1', campaign_id: 'a', label: true }] }
    await bench.load(
      target,
      { columns: campaigns, rows: [campaign('a')] },
      { also: [{ set: setOf(target), rows }] },
    )
    const refused = load(bench, target, { campaigns: ['b'], messages: [message('m2', 'b')] })
    await expect(refused).rejects.toThrow(/"label"/)
    expect(await bench.rows(target, 'id')).toEqual([{ id: 'a' }])
  })
}
