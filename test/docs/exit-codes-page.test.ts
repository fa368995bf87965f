import { expect, test } from 'vitest'
import type { Fault } from '../../src/index.ts'
import { exitCodes } from '../../src/model/error-codes.ts'
import { rowsOf, textOf } from './pages.ts'

/** A new fault does not compile until it is here, and then fails until the page has it. */
const faults: Readonly<Record<Fault, true>> = {
  usage: true,
  credentials: true,
  source: true,
  destination: true,
  bug: true,
  interrupted: true,
}

test('the page has every fault with its exit code, and something to do', () => {
  const rows = rowsOf('docs/exit-codes.md', 'fault')
  const expected = (Object.keys(faults) as Fault[]).map((fault) => [fault, String(exitCodes[fault])])
  expect(rows.map(([fault, code]) => [fault, code])).toEqual(expected)
  expect(rows.filter(([, , wrong = '', todo = '']) => wrong.length < 20 || todo.length < 20)).toEqual([])
})

test('the page of the library names the same faults', () => {
  const sentence = /`error\.fault` \| whose move it is: (.*) \|/.exec(textOf('docs/library.md'))?.[1] ?? ''
  expect(new Set([...sentence.matchAll(/`(\w+)`/g)].map(([, fault]) => fault))).toEqual(
    new Set(Object.keys(faults)),
  )
})
