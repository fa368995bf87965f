import { expect } from 'vitest'
import type { LoadResult } from '../../src/destinations/target.ts'
import type { StageColumn } from '../../src/model/stage.ts'
import { never, RUN_STARTED_AT } from './bench.ts'
import type { Bench, Loading } from './bench.ts'
import { backToVersion1 } from './store-version.ts'
import type { Ground, Suite } from './suite.ts'

const at = '2026-01-01T00:00:00Z'
const telltale = { nested: ['place'], flat: ['place_city'] }
const base = { id: 'text', at: 'timestamp' } as const
const nested = {
  columns: { ...base, place: 'json' },
  rows: [{ id: 'a', at, place: '{"city":"x"}' }],
} as const
const flat = { columns: { ...base, place_city: 'text' }, rows: [{ id: 'b', at, place_city: 'x' }] } as const
const checked = (columns: object): readonly StageColumn[] =>
  [...Object.entries(columns), ['_sluice_account', 'text'], ['_sluice_synced_at', 'timestamp']].map(
    ([name, type]) => ({ name, type: type as StageColumn['type'] }),
  )

type Asked = Readonly<{ flatten: boolean }> & Loading

function shaped({ bench, target }: Pick<Ground, 'bench' | 'target'>) {
  const with_ = ({ flatten, ...loading }: Asked): Loading => ({ madeOf: { flatten }, telltale, ...loading })
  return {
    load: (asked: Asked): Promise<LoadResult> => {
      const account = asked.account ?? 'shop'
      return bench.load(target, { ...(asked.flatten ? flat : nested), account }, with_(asked))
    },
    check: (asked: Asked): Promise<void> =>
      bench.target(target, with_(asked)).check(checked(asked.flatten ? flat.columns : nested.columns), never),
    complete: (asked: Asked): Promise<LoadResult> =>
      bench.target(target, with_(asked)).aside().complete(RUN_STARTED_AT, never),
  }
}
const refused = { code: 'changed-shape', fault: 'usage' }

export const madeOf: Suite = (check) => {
  for (const flatten of [false, true])
    check(
      `loaded ${flatten ? 'flat' : 'nested'}: the other shape is refused, until everything is read anew`,
      async (ground) => {
        const { load, check: look, complete } = shaped(ground)
        await load({ flatten })
        await look({ flatten })
        await expect(look({ flatten: !flatten })).rejects.toMatchObject(refused)
        await expect(look({ flatten: !flatten, strategy: 'replace' })).rejects.toThrow(/fullRefresh/)
        await expect(load({ flatten: !flatten })).rejects.toMatchObject(refused)

        const anew = { flatten: !flatten, refresh: true }
        await look(anew)
        await load(anew)
        // Until it is complete, the old shape holds.
        await look({ flatten })
        await complete(anew)
        await look({ flatten: !flatten })
        await expect(look({ flatten })).rejects.toMatchObject(refused)
      },
    )

  check('each account and each table has its own', async (ground) => {
    const { load, check: look } = shaped(ground)
    await load({ flatten: false })
    await load({ flatten: true, account: 'other' })
    await look({ flatten: false })
    await look({ flatten: true, account: 'other' })
    await look({ flatten: true, account: 'third' })
  })

  check('a snapshot read anew takes over the new shape at once', async (ground) => {
    const { load, check: look } = shaped(ground)
    await load({ flatten: false, cursorColumn: null })
    await expect(look({ flatten: true, cursorColumn: null })).rejects.toMatchObject(refused)
    await load({ flatten: true, cursorColumn: null, refresh: true })
    await look({ flatten: true, cursorColumn: null })
  })

  check('of a table that somebody dropped nothing holds', async (ground) => {
    const { bench, target } = ground
    const { load, check: look, complete } = shaped(ground)
    const drop = () => bench.eyes.drop(target)
    await load({ flatten: false })
    await drop()
    await look({ flatten: true })
    await load({ flatten: true })
    await drop()
    const replace = { flatten: false, strategy: 'replace' } as const
    await look(replace)
    await load(replace)
    await complete(replace)
    await look({ flatten: false })
  })

  check(
    'version 1 noted nothing: the rows tell',
    async (ground) => {
      const { bench, target } = ground
      const { load, check: look } = shaped(ground)
      const forget = async (): Promise<void> => {
        await backToVersion1(bench)
        await bench.place.ready('write', never)
      }
      await load({ flatten: false })
      await load({ flatten: true, account: 'other' })
      await forget()
      await look({ flatten: false })
      await look({ flatten: true, account: 'other' })
      await look({ flatten: true, account: 'third' })
      await expect(look({ flatten: true })).rejects.toMatchObject(refused)
      await expect(look({ flatten: false, account: 'other' })).rejects.toMatchObject(refused)

      // What version 1 left of a table that was loaded both ways.
      await bench.run(
        `update ${bench.database.dialect.table(target)} set _sluice_account = 'both', place_city = 'x' where _sluice_account = 'shop'`,
      )
      for (const flatten of [false, true]) {
        await expect(look({ flatten, account: 'both' })).rejects.toThrow(
          /rows that were loaded with flatten and rows/,
        )
        await look({ flatten, account: 'both', refresh: true })
      }
    },
    ({ olderVersions }) => olderVersions,
  )

  check(
    'what a later version chose more of is left to it',
    async (ground) => {
      const { bench } = ground
      const { load, check: look } = shaped(ground)
      await load({ flatten: false })
      await noteMore(bench, ground.target.name)
      await expect(look({ flatten: false })).rejects.toMatchObject({ code: 'newer-destination' })
    },
    ({ sql }) => sql,
  )
}

const noteMore = (bench: Bench, name: string): Promise<unknown> =>
  bench.run(
    `update ${bench.database.dialect.table({ schema: '_sluice', name: 'targets' })} set made_of = '{"flatten":false,"without":["place"]}' where target like '%${name}'`,
  )
