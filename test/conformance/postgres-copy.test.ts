import { expect, test } from 'vitest'
import { connect } from '../../src/destinations/postgres/index.ts'
import { SqlPlace } from '../../src/destinations/sql/sql-place.ts'
import type { Engine } from '../../src/engine/engine.ts'
import { SluiceError } from '../../src/model/errors.ts'
import type { Stage } from '../../src/model/stage.ts'
import { never } from './bench.ts'
import { engineHere } from './engine-here.ts'
import { postgresPlace } from './postgres-place.ts'

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
  return { relation: 'large', rows: ROWS, columns }
}

/** An engine that fails once, when it is asked for its nth copy. */
function failingAt(nth: number, engine: Engine): Engine {
  let asked = 0
  return Object.assign(Object.create(engine) as Engine, {
    copy: (...words: Parameters<Engine['copy']>) =>
      ++asked === nth
        ? Promise.reject(new SluiceError('disk-full', 'no room for it'))
        : engine.copy(...words),
  })
}

// The server is in the middle of a copy by then, which has to be called off before anything else can be said to it.
test('a part of a batch that cannot be written: PostgreSQL is as it was, and takes the next', async (context) => {
  const place = await postgresPlace()
  if ('unavailable' in place) return context.skip(place.unavailable)
  const { engine, close } = await engineHere()
  const stage = await largeStage(engine)
  for (const nth of [1, 2, 8]) {
    const database = await connect(place.uri, failingAt(nth, engine))
    await using opened = new SqlPlace(database)
    const table = { schema: 'copies', name: `failed at ${nth}` }
    const target = opened.target({
      account: 'shop',
      sourceTable: 'events',
      table,
      strategy: 'merge',
      key: ['id'],
      cursor: { column: 'at', fixed: false, lookbackSeconds: 0 },
      anew: false,
      passes: [''],
      sets: [],
      identity: null,
      madeOf: { flatten: false },
      telltale: { nested: [], flat: [] },
    })
    const batch = { stage, also: [], covered: [], mayHold: null, reread: [], readAt: 0 }
    await expect(target.load(batch, never)).rejects.toThrow('no room for it')
    expect(await database.describe(table)).toBeNull()
    expect(await target.load(batch, never)).toMatchObject({ inserted: ROWS })
  }
  await close()
  await place.close()
})
