import { describe, expect, it } from 'vitest'
import { SluiceError } from '../model/errors.ts'
import * as catalog from '../klaviyo/catalog/catalog.ts'
import { tablesCommand } from './tables.ts'
import { PAGE_WIDTH } from './text-layout.ts'

describe('sluice tables', () => {
  it('lists every table with key, cursor, strategy, page, limits and scopes, in columns', () => {
    const lines = run()
    expect(lines[0]).toMatch(/^TABLE +KEY +CURSOR +STRATEGY +PAGE +LIMITS +SCOPES/)
    expect(lines.find((line) => line.startsWith('events '))).toMatch(
      /^events +id +datetime +merge +1000 +350\/s 3500\/m +events$/,
    )
    expect(lines.find((line) => line.startsWith('metrics '))).toMatch(
      /^metrics +id +- +merge +fixed +10\/s 150\/m +metrics$/,
    )
    const starts = lines.slice(0, 10).map((line) => line.search(/ (id|KEY) /))
    expect(new Set(starts).size).toBe(1)
    for (const name of catalog.tableNames()) {
      expect(lines.filter((line) => line.startsWith(`${name} `))).toHaveLength(1)
    }
  })

  it('fits the page, and has no blanks at line ends, for the list and for every table', () => {
    const lines = [...run(), ...catalog.tableNames().flatMap((name) => run(name))]
    expect(lines.filter((line) => line.length > PAGE_WIDTH || line.endsWith(' '))).toEqual([])
  })

  it.each([40, 72])('fits a terminal of %d columns, for the list and for every table', (width) => {
    const lines = [
      ...run(undefined, false, width),
      ...catalog.tableNames().flatMap((name) => run(name, false, width)),
    ]
    expect(lines.filter((line) => line.length > width)).toEqual([])
    const text = run(undefined, false, 40).join(' ').replaceAll(/\s+/g, ' ')
    for (const name of catalog.tableNames()) expect(text).toContain(`${name} KEY id`)
  })

  it('shows all of one table', () => {
    const text = run('profiles').join('\n')
    expect(text).toContain(
      'cursor      updated (greater-than and less-than, to 1 second)\n  lookback    1 hour\n',
    )
    expect(text).toContain('limits      75 per second, 750 per minute\n')
    expect(text).toContain(
      '10 per second, 150 per minute with additional-fields[profile]=predictive_analytics',
    )
    expect(text).toMatch(/\n {2}location {2,}json\n {4}address1 {2,}text\n/)
    expect(run('events')).toContain('  metric_id   string     equals, equals[...]')
  })

  it('shows passes, parents, bounds and page sizes as they are', () => {
    expect(run('campaigns').join('\n')).toContain(
      'sms-archived: equals(messages.channel,"sms"), equals(archived,true)',
    )
    expect(run('campaigns').join('\n')).toContain('not strictly ordered')
    expect(run('lists').join('\n')).toContain('updated (greater-than, no upper bound, to 1 second)')
    expect(run('coupon-codes').join('\n')).toContain('coupon.id, 50 rows of "coupons" per request')
    expect(run('events').join('\n')).toContain(
      "1000, Klaviyo's default is 200, settable since revision 2026-01-15",
    )
    expect(run('metrics').join('\n')).toContain('cannot be filtered by time of change')
  })

  it('prints data with --json', () => {
    expect(JSON.parse(run(undefined, true).join('\n'))).toEqual(catalog.tables())
    expect(JSON.parse(run('events', true).join('\n'))).toEqual(catalog.findTable('events'))
  })

  it('refuses an unknown table and suggests one', () => {
    expect(() => run('event')).toThrow(SluiceError)
    expect(() => run('event')).toThrow('Did you mean "events"?')
  })
})

function run(table?: string, json = false, width = Infinity): readonly string[] {
  const lines: string[] = []
  tablesCommand({ catalog, table, json, width, print: (line) => lines.push(line) })
  return lines
}
