import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { root, textOf } from './pages.ts'

const page = textOf('docs/glossary.md')
const entries = [...page.matchAll(/^\| ([^|]+) \| [^|]+ \| `(\w+)` in (src\/\S+\.ts) \|$/gm)].map(
  ([, word = '', name = '', file = '']) => ({ word, name, file }),
)

test('every word has a place in the code, where it is still declared', () => {
  const rows = page.split('## Words that are not used')[0]?.match(/^\| (?!word |---)/gm)
  expect(entries).toHaveLength(rows?.length ?? 0)
  expect(entries.length).toBeGreaterThan(40)
  const lost = entries.filter(({ name, file }) => {
    const text = readFileSync(join(root, file), 'utf8')
    return !new RegExp(`\\b(type|interface|class|function\\*?|const) ${name}\\b`).test(text)
  })
  expect(lost).toEqual([])
})

test('no word is explained twice', () => {
  const words = entries.flatMap(({ word }) => word.split(', '))
  expect(words.filter((word, at) => words.indexOf(word) !== at)).toEqual([])
})

test('words that are not used are not used', () => {
  const found = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.startsWith('sandbox'))
    .flatMap((name) =>
      [
        ...readFileSync(join(root, 'src', name), 'utf8')
          // Node's own name of an option.
          .replaceAll('highWaterMark', '')
          .matchAll(/bookmark|(high.?)?water.?mark|(sync|page).?token|page.?cursor|sync.?mode/gi),
      ].map(([word]) => `${name}: ${word}`),
    )
  expect(found).toEqual([])
})
