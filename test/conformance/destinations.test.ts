import { afterAll, beforeAll, describe, test } from 'vitest'
import { Bench } from './bench.ts'
import type { Claim, Claims, Place } from './claims.ts'
import { claims } from './claims.ts'
import { accounts } from './accounts.suite.ts'
import { coverage } from './coverage.suite.ts'
import { interruption } from './interruption.suite.ts'
import { lastRows } from './last-rows.suite.ts'
import { madeOf } from './made-of.suite.ts'
import { opening } from './opening.suite.ts'
import { reading } from './reading.suite.ts'
import { renewal } from './renewal.suite.ts'
import { rollCalls } from './roll-call.suite.ts'
import { sets } from './sets.suite.ts'
import { shape } from './shape.suite.ts'
import { store } from './store.suite.ts'
import { strategies } from './strategies.suite.ts'
import type { Suite } from './suite.ts'
import { swaps } from './swap.suite.ts'
import { values } from './values.suite.ts'

const suites: Readonly<Record<string, Suite>> = {
  strategies,
  shape,
  values,
  coverage,
  sets,
  reading,
  lastRows,
  swaps,
  interruption,
  renewal,
  madeOf,
  store,
  accounts,
  rollCalls,
  opening,
}

/** Suites that look into sluice's own tables, or make tables by hand. */
const ofSql: readonly string[] = ['interruption', 'rollCalls']

const answerTo = (title: string, claimed: Claims): Claim => (ofSql.includes(title) ? claimed.sql : 'yes')

describe.each(Object.entries(claims))('%s', (_, claimed) => {
  let place: Place = { unavailable: 'not opened' }
  let bench: Bench | null = null
  let tables = 0

  beforeAll(async () => {
    place = await claimed.place()
    if ('uri' in place) bench = await Bench.open(place.uri, claimed)
  })
  afterAll(async () => {
    await bench?.[Symbol.asyncDispose]()
    if ('uri' in place) await place.close()
  })

  describe.each(Object.entries(suites))('%s', (title, suite) => {
    suite((name, work, claim) => {
      const answer = claim?.(claimed) ?? answerTo(title, claimed)
      test(name, async (context) => {
        if (answer !== 'yes') return context.skip(answer.no)
        if (bench === null || 'unavailable' in place) {
          return context.skip('unavailable' in place ? place.unavailable : 'not opened')
        }
        tables += 1
        const target = { schema: `own ${title} ${tables}`, name: `t${tables}` }
        await work({ bench, target, claims: claimed, uri: place.uri })
      })
    })
  })
})
