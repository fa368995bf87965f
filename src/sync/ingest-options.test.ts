import { describe, expect, test } from 'vitest'
import * as catalog from '../klaviyo/catalog/catalog.ts'
import { SluiceError } from '../model/errors.ts'
import { parseIngest } from './ingest-options.ts'
import type { IngestOptions, IngestPlan } from './ingest-options.ts'

const given = {
  sourceUri: 'klaviyo://?api_key=pk_abcdef',
  sourceTable: 'events',
  destUri: 'duckdb:///shop.duckdb',
}

const parse = (options: Partial<IngestOptions>): IngestPlan =>
  parseIngest({ ...given, ...options }, { catalog, env: {}, now: 1_700_000_000 })

const refusal = (options: Partial<IngestOptions>): string => {
  try {
    parse(options)
  } catch (error) {
    if (error instanceof SluiceError && error.fault === 'usage') return error.message
    throw error
  }
  throw new Error('it was accepted')
}

describe('defaults', () => {
  test('a table goes by its own name, by its own strategy, from what is covered up to now', () => {
    expect(parse({ sourceTable: 'catalog-items,events' }).jobs).toMatchObject([
      { target: { schema: null, name: 'catalog_items' }, strategy: 'merge', parallelism: 'auto' },
      {
        target: { schema: null, name: 'events' },
        interval: { start: null, end: null },
        lookbackSeconds: null,
        fullRefresh: false,
        reload: false,
      },
    ])
  })

  test('"*" is every table, and stands for its name in the destination', () => {
    const { jobs } = parse({ sourceTable: ' * ', destTable: 'raw.klaviyo_*' })
    expect(jobs).toHaveLength(catalog.tables().length)
    expect(jobs.map(({ target }) => target)).toContainEqual({ schema: 'raw', name: 'klaviyo_tag_groups' })
  })

  test('a table named twice is read once', () => {
    expect(parse({ sourceTable: 'events, events,' }).jobs).toHaveLength(1)
  })
})

test.each<[Partial<IngestOptions>, string]>([
  [{ sourceTable: ' , ' }, 'sourceTable is empty. Name a table'],
  [{ sourceTable: 'event' }, 'Klaviyo has no table "event". Did you mean "events"?'],
  [
    { sourceTable: 'tags,lists', destTable: 'x.y' },
    'destTable "x.y" names one table and sourceTable names 2',
  ],
  [{ destTable: '_Sluice.coverage' }, 'which holds what sluice remembers'],
  [{ intervalStart: '2023-11-15' }, 'intervalStart "2023-11-15T00:00:00Z" is in the future'],
  [{ extractParallelism: '0' }, 'extractParallelism "0" is neither "auto" nor a number from 1 to 1000'],
  [{ extractParallelism: '2.5' }, 'is neither "auto" nor a number'],
  [{ incrementalStrategy: 'upsert' }, 'It takes merge, append, replace, delete+insert'],
  [{ incrementalStrategy: 'scd2' }, 'To keep every version of a row, use "append"'],
  [{ incrementalStrategy: 'truncate+insert' }, 'What it does is "replace" here'],
  [{ incrementalKey: 'updated' }, 'Leave incrementalKey out, or write "datetime"'],
  [{ sourceTable: 'tags', incrementalKey: 'updated' }, 'the table is read whole. Leave incrementalKey out'],
  [{ primaryKey: 'email' }, 'The key of "events" is "id", not "email"'],
  [{ lookback: '7' }, 'lookback "7" is not a duration'],
])('%o is refused', (options, message) => {
  expect(refusal(options)).toContain(message)
})
