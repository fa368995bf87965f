import { expect, test } from 'vitest'
import { printable, printableLines } from './printable.ts'

test.each([
  ['\u001B[2J\u001B]52;c;AAAA\u0007', String.raw`\u001b[2J\u001b]52;c;AAAA\u0007`],
  ['one\r\ntwo\t\u009B', String.raw`one\r\ntwo\t\u009b`],
  ['\u202Egnp.exe\u2066', String.raw`\u202egnp.exe\u2066`],
  ['ad\u200Bmin\uFEFF\u2028', String.raw`ad\u200bmin\ufeff\u2028`],
  ['half \uD800', String.raw`half \ud800`],
  ['tag \u{E0041}', String.raw`tag \udb40\udc41`],
  ['Grüße, 漢字 🎉', 'Grüße, 漢字 🎉'],
])('%j is shown as %s', (text, shown) => {
  expect(printable(text)).toBe(shown)
  expect(JSON.parse(`"${printable(text)}"`)).toBe(text)
})

test('lines may stay lines', () => {
  expect(printableLines('one\ntwo\u001B')).toBe(String.raw`one
two\u001b`)
})
