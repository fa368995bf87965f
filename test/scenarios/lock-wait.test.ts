import { Client } from 'pg'
import { expect, test } from 'vitest'
import { loadFailed } from '../../src/destinations/postgres/errors.ts'
import { postgresPlace } from '../conformance/postgres-place.ts'
import { tinyShop } from '../sandbox/tiny-shop.ts'
import { openBench } from './bench.ts'

const events = Array.from({ length: 20 }, (_, index) => ({ timeS: Date.UTC(2025, 0, 1) / 1000 + index }))

test('who waits for a lock in PostgreSQL is told so within seconds, and goes on when it is free', async (context) => {
  const place = await postgresPlace()
  if ('unavailable' in place) return context.skip(place.unavailable)
  await using bench = await openBench({ shop: tinyShop({ events }) })
  const options = { destUri: place.uri, intervalStart: '2024-12-31' }
  expect((await bench.ingest('events', options)).failures).toEqual([])
  bench.sandbox.changes().insertEvent({ id: 'new', atS: Math.floor(bench.sandbox.clock.now() / 1000) - 60 })

  const other = new Client({ connectionString: place.uri })
  await other.connect()
  await other.query('begin; lock table k.events in access exclusive mode')
  const told: string[] = []
  const run = bench.ingest('events', {
    destUri: place.uri,
    onEvent: (event) => {
      if (event.type !== 'limited') return
      told.push(event.reason)
      void other.query('commit')
    },
  })
  expect((await run).failures).toEqual([])
  expect(told[0]).toMatch(/^"postgresql:.*" is busy, or somebody holds a lock on the table$/)
  expect((await other.query('select count(*)::int as n from k.events')).rows).toEqual([{ n: 21 }])
  await other.end()
  await place.close()
})

test('a lock that is not let go ends in a sentence', () => {
  const error = loadFailed(
    'postgresql://shop',
    Object.assign(new Error('canceling statement'), { code: '55P03' }),
  )
  expect(error).toMatchObject({ code: 'destination-in-use', retry: 'later' })
  expect(error.message).toMatch(/has held a lock .* for five minutes\. .*pg_blocking_pids/)
})
