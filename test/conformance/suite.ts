import { afterAll, beforeAll, describe, test } from 'vitest'
import type { TableName } from '../../src/model/names.ts'
import { Bench } from './bench.ts'
import type { Claim, Claims, Place } from './claims.ts'
import { claims } from './claims.ts'

/** What a test is handed: an open destination and a table name of its own. */
export type Ground = Readonly<{ bench: Bench; target: TableName; claims: Claims; uri: string }>

export type Suite = (
  /** `claim`: the test is about something that a destination may say no to. */
  check: (name: string, work: (ground: Ground) => Promise<void>, claim?: (claims: Claims) => Claim) => void,
) => void

/** Runs one suite on every destination; where a database is not at hand, says so and skips. */
export function conform(title: string, suite: Suite): void {
  for (const [scheme, claimed] of Object.entries(claims)) {
    describe(`${title}: ${scheme}`, () => {
      let place: Place = { unavailable: 'not opened' }
      let bench: Bench | null = null
      let tables = 0
      beforeAll(async () => {
        place = await claimed.place()
        if ('uri' in place) bench = await Bench.open(place.uri)
      })
      afterAll(async () => {
        await bench?.[Symbol.asyncDispose]()
        if ('uri' in place) await place.close()
      })
      suite((name, work, claim) => {
        const answer = claim?.(claimed) ?? 'yes'
        test(answer === 'yes' ? name : `${name} (no: ${answer.no})`, async (context) => {
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
  }
}
