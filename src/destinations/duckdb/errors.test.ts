import { describe, expect, it } from 'vitest'
import { SluiceError } from '../../model/errors.ts'
import { loadFailed } from './errors.ts'

describe('loadFailed', () => {
  it('knows a full disk', () => {
    const cause = new Error('IO Error: Could not write file "/data/shop.duckdb": No space left on device')
    expect(loadFailed('duckdb:///shop.duckdb', cause)).toMatchObject({
      fault: 'destination',
      message: expect.stringMatching(
        /The disk of "duckdb:\/\/\/shop.duckdb" is full.*free some space/,
      ) as string,
      cause,
    })
  })

  it('passes on what is already said to people', () => {
    const said = new SluiceError('unfit-table', 'Column "n" is INTEGER.')
    expect(loadFailed('x', said)).toBe(said)
  })
})
