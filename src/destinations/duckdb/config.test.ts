import { describe, expect, it } from 'vitest'
import { parseDuckDbUri } from './config.ts'

describe('parseDuckDbUri', () => {
  it.each([
    ['duckdb:///shop.duckdb', '/here/shop.duckdb'],
    ['duckdb:///data/shop.duckdb', '/here/data/shop.duckdb'],
    ['duckdb:///../shop.duckdb', '/shop.duckdb'],
    ['duckdb:////data/shop.duckdb', '/data/shop.duckdb'],
    ['duckdb:///50% off?.duckdb', '/here/50% off?.duckdb'],
  ])('%s is %s', (uri, path) => {
    expect(parseDuckDbUri(uri, '/here')).toMatchObject({ kind: 'file', path })
  })

  it('knows the database without a file', () => {
    expect(parseDuckDbUri('duckdb:///:memory:', '/here')).toEqual({ kind: 'memory' })
  })

  it.each(['duckdb:', 'duckdb://', 'duckdb:///', 'duckdb://shop.duckdb', 'duckdb:///data/'])(
    'refuses %s and shows how to write it',
    (uri) => {
      expect(() => parseDuckDbUri(uri, '/here')).toThrow(/Write "duckdb:\/\/\/shop.duckdb"/)
    },
  )
})
