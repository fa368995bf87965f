import { expect, test } from 'vitest'
import { SqlPlace } from '../../src/destinations/sql/sql-place.ts'
import type { Engine } from '../../src/engine/engine.ts'
import { SluiceError } from '../../src/model/errors.ts'
import type { Stage } from '../../src/model/stage.ts'
import { never } from './bench.ts'
import { connect as connectMySql } from '../../src/destinations/mysql/index.ts'
import { connect as connectPostgres } from '../../src/destinations/postgres/index.ts'
import { claims } from './claims.ts'
import { engineHere } from './engine-here.ts'

const ROWS = 20_000

async function largeStage(engine: Engine): Promise<Stage> {
  await engine.run(`create table large as select range::varchar as id, to_timestamp(range) as at,
    'shop' as _sluice_account, to_timestamp(2e9) as _sluice_synced_at from range(${ROWS})`)
  const [text, timestamp] = ['text', 'timestamp'] as const
  const columns = [
    { name: 'id', type: text },
    { name: 'at', type: timestamp },
    { name: '_sluice_account', type: text },
    { name: '_sluice_synced_at', type: timestamp },
  ]
  return { relation: 'large', rows: ROWS, columns, altered: [], together: 0 }
}

/** An engine to which something happens when it is asked for its nth copy. */
function happeningAt(nth: number, engine: Engine, happen: () => void): Engine {
  let asked = 0
  return Object.assign(Object.create(engine) as Engine, {
    copy: async (...words: Parameters<Engine['copy']>) => {
      if (++asked === nth) happen()
      return engine.copy(...words)
    },
  })
}

function noRoom(): never {
  throw new SluiceError('disk-full', 'no room for it')
}

const connects = { postgresql: connectPostgres, mysql: connectMySql }

// The server is in the middle of a copy by then, which has to be called off before anything else can be said to it.
test.for(Object.entries(connects))(
  'a part of a batch that cannot be written, or a stop in the middle: %s is as it was, and takes the next',
  async ([scheme, connect], context) => {
    const place = await claims[scheme as keyof typeof connects].place()
    if ('unavailable' in place) return context.skip(place.unavailable)
    const { engine, close } = await engineHere()
    const stage = await largeStage(engine)
    const stopped = new Error('the user said stop')
    for (const [nth, isStop] of [1, 2, 8].flatMap((each) => [
      [each, false] as const,
      [each, true] as const,
    ])) {
      const stop = new AbortController()
      const happen = isStop ? () => stop.abort(stopped) : noRoom
      const database = await connect(place.uri, happeningAt(nth, engine, happen))
      await using opened = new SqlPlace(database)
      const table = { schema: 'copies', name: `${isStop ? 'stopped' : 'failed'} at ${nth}` }
      const target = opened.target({
        account: 'shop',
        identity: null,
        madeOf: { flatten: false },
        telltale: { nested: [], flat: [] },
        sourceTable: 'events',
        table,
        strategy: 'merge',
        key: ['id'],
        cursor: { column: 'at', fixed: false, lookbackSeconds: 0 },
        anew: false,
        passes: [''],
        sets: [],
      })
      const batch = { stage, also: [], covered: [], mayHold: null, reread: [], readAt: 0 }
      const failed = target.load(batch, stop.signal)
      await expect(failed).rejects.toThrow(isStop ? 'the user said stop' : 'no room for it')
      const { dialect } = database
      const left =
        (await database.describe(table)) === null
          ? []
          : await database.query({ sql: `select 1 from ${dialect.table(table)}`, values: [] })
      expect(left).toEqual([])
      expect(await target.load(batch, never)).toMatchObject({ inserted: ROWS })
    }
    await close()
    await place.close()
  },
)
